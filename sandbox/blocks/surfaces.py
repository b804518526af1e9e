"""Checks of whole payloads: the blocks of a message, a view, the options of a suggestion."""

from typing import Any

from sandbox.blocks.checks import Check, Findings, Place, boolean, items, one_of, shape, string, text
from sandbox.blocks.elements import option
from sandbox.blocks.layouts import block

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100

_MODAL = shape(
    {"type": one_of("modal"), "title": text(24), "blocks": items(block, VIEW_BLOCKS)},
    {
        "submit": text(24),
        "close": text(24),
        "private_metadata": string(3000),
        "callback_id": string(255),
        "external_id": string(255),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = shape(
    {"type": one_of("home"), "blocks": items(block, VIEW_BLOCKS)},
    {"private_metadata": string(3000), "callback_id": string(255), "external_id": string(255)},
)


def check_message_blocks(blocks: Any) -> list[str]:
    """Return Slack's complaints about a message's blocks; an empty list of blocks is valid."""
    findings = Findings(surface="message")
    place = Place("/blocks", findings)
    items(block, MESSAGE_BLOCKS, 0)(blocks, place)
    _unique_block_ids(blocks, place)
    return findings.messages


def check_view(view: Any) -> list[str]:
    """Return Slack's complaints about a modal or a Home tab."""
    kind = view.get("type") if isinstance(view, dict) else None
    rules: dict[Any, Check] = {"modal": _MODAL, "home": _HOME}
    findings = Findings(surface=str(kind))
    place = Place("/view", findings)
    if kind not in rules:
        (place / "type").report(f"unsupported type: {kind}")
        return findings.messages
    rules[kind](view, place)
    blocks = view.get("blocks")
    _unique_block_ids(blocks, place / "blocks")
    if isinstance(blocks, list):
        _one_focus(blocks, place)
        if kind == "modal" and "submit" not in view and any(_is_input(b) for b in blocks):
            (place / "submit").report("submit is required when a view has an input block")
    return findings.messages


def check_options(answer: Any) -> list[str]:
    """Return Slack's complaints about the answer to a block_suggestion."""
    findings = Findings()
    offered = items(option(), 100, 0)
    if isinstance(answer, dict) and "option_groups" in answer:
        group = shape({"label": text(75), "options": offered})
        shape({"option_groups": items(group, 100, 0)})(answer, Place("", findings))
    else:
        shape({"options": offered})(answer, Place("", findings))
    return findings.messages


def _is_input(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "input"


def _unique_block_ids(blocks: Any, place: Place) -> None:
    listed = blocks if isinstance(blocks, list) else []
    ids = [b["block_id"] for b in listed if isinstance(b, dict) and "block_id" in b]
    for block_id in sorted({str(i) for i in ids if ids.count(i) > 1}):
        place.report(f"`block_id` {block_id} already exists for other block")


def _one_focus(blocks: list[Any], place: Place) -> None:
    elements = [block.get("element") for block in blocks if _is_input(block)]
    focused = [e for e in elements if isinstance(e, dict) and e.get("focus_on_load") is True]
    if len(focused) > 1:
        place.report("only one element of a view may have focus_on_load")
