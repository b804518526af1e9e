"""A bundle: a part of the ledger with its checkpoints and keys, as lines that `dbaccess-verify` reads."""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from dbaccess.audit.trust import Placed
from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.ledger import Entry

FORMAT: Final = "dbaccess.ledger"
VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The extent of a bundle: the entries `first` to `last`, each of which it should have."""

    installation: str
    first: int
    last: int
    checkpoints: int
    tool: str
    made_at: datetime


def bundle_lines(
    manifest: Manifest,
    *,
    introductions: Sequence[Placed],
    entries: Iterable[Entry],
    checkpoints: Iterable[SignedCheckpoint],
) -> Iterator[bytes]:
    """Yield the lines: the manifest, the keys, then each entry followed by its checkpoint, all in order.

    Entries after the manifest's `last` are not read.
    """
    yield _line("manifest", _manifest(manifest))
    for seq, signed in introductions:
        yield _line("key", {"seq": seq, **signed.data()})
    waiting = iter(checkpoints)
    checkpoint = next(waiting, None)
    for entry in entries:
        if entry.seq > manifest.last:
            break
        # A checkpoint of a missing entry still has its line, so that the verifier names the place.
        while checkpoint is not None and checkpoint.checkpoint.seq < entry.seq:
            yield _checkpoint(checkpoint)
            checkpoint = next(waiting, None)
        yield _line("entry", _entry(entry))
        if checkpoint is not None and checkpoint.checkpoint.seq == entry.seq:
            yield _checkpoint(checkpoint)
            checkpoint = next(waiting, None)
    while checkpoint is not None:
        yield _checkpoint(checkpoint)
        checkpoint = next(waiting, None)


def _manifest(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "installation": manifest.installation,
        "first": manifest.first,
        "last": manifest.last,
        "entries": manifest.last - manifest.first + 1,
        "checkpoints": manifest.checkpoints,
        "tool": manifest.tool,
        "made_at": manifest.made_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    """Return the entry with its body as text; in base64 where it is no UTF-8."""
    try:
        body, raw = entry.body.decode(), None
    except UnicodeDecodeError:
        body, raw = None, b64encode(entry.body).decode("ascii")
    return {
        "seq": entry.seq,
        "prev_hash": entry.prev_hash.hex(),
        "hash": entry.hash.hex(),
        "body": body,
        "body_base64": raw,
    }


def _checkpoint(signed: SignedCheckpoint) -> bytes:
    return f'{{"checkpoint":{signed.line()}}}\n'.encode()


def _line(kind: str, fields: dict[str, Any]) -> bytes:
    return json.dumps({kind: fields}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
