"""The ledger's messages: a checkpoint in the channel of a witness, and the alarms about checkpoints."""

from typing import Any

from dbaccess.domain.notice import Notice
from dbaccess.slack.blocks import context, header, section, typed_sections, warning_header
from dbaccess.slack.text import code_block, cut, plain
from dbaccess.slack.views import phrases

_NO_CHECKPOINT = {
    "no_key": "The workers have no DBACCESS_LEDGER_KEY: run `dbaccess ledger keygen`, and set it.",
    "other_key": "The ledger introduced another key than the workers have: run `dbaccess ledger rotate`.",
    "other_ledger": "The ledger lacks an entry that was signed. Run `dbaccess ledger verify` now.",
    "observing": "The workers observe, because the control database may be older than a cluster.",
    "other": "See `not done` with `work=checkpoint` in the workers' log.",
}
_WHY_LONGEST = 1000


def checkpoint(seq: int, line: str) -> dict[str, Any]:
    """Return the message with the checkpoint of entry `seq`; its line is public, and signed."""
    said = f"Ledger checkpoint: entry {seq:,}"
    blocks = [
        header(said),
        section(code_block(line)),
        context("Keep this message. `dbaccess-verify` compares the ledger with this line."),
    ]
    return {"text": phrases.read_out(said, blocks), "blocks": blocks}


def checkpoint_late(notice: Notice) -> dict[str, Any]:
    seq = int(notice.data["seq"])
    covered = f"after entry {seq}" if seq else "yet"
    said = f"No checkpoint of the ledger {covered}"
    why = _NO_CHECKPOINT.get(str(notice.data["why"]), _NO_CHECKPOINT["other"])
    more = f"Later entries could be changed or cut off without a trace. {why}"
    blocks = [warning_header(said), section(more)]
    return {"text": phrases.read_out(f"{said}. {more}", blocks), "blocks": blocks}


def witness_fails(notice: Notice) -> dict[str, Any]:
    place, seq = str(notice.data["place"]), int(notice.data["seq"])
    is_stream = place.startswith("stream:")
    what = "A stream takes no ledger entry" if is_stream else "A witness takes no checkpoint"
    said = f"{what}: {plain(place)}"
    last = f"The last {'entry is' if is_stream else 'one is of entry'} {seq}." if seq else "It has none yet."
    more = f"{last} The workers retry, and send the rest in order once it takes them."
    why = typed_sections(cut(str(notice.data["why"]), _WHY_LONGEST))
    blocks = [warning_header(said), section(more), *why]
    return {"text": phrases.read_out(f"{said}. {more}", blocks), "blocks": blocks}
