"""The blocks themselves, and which of them each surface takes."""

from typing import Any

from sandbox.blocks.checks import Check, Place, boolean, both, items, listed, shape, string, text
from sandbox.blocks.elements import ELEMENTS, IN_ACTIONS, IN_INPUT, IN_SECTION, element

_TEXT = ("plain_text", "mrkdwn")


def _block(required: dict[str, Check], optional: dict[str, Check] | None = None, *more: Check) -> Check:
    known = {"block_id": string(255, 1), **(optional or {})}
    return both(shape({"type": string(50), **required}, known), *more)


def _section_says_something(value: Any, place: Place) -> None:
    if "text" not in value and "fields" not in value:
        place.report("missing required field: text")


def _unique_action_ids(value: Any, place: Place) -> None:
    elements = listed(value.get("elements"))
    ids = [e["action_id"] for e in elements if isinstance(e, dict) and "action_id" in e]
    for action_id in sorted({str(i) for i in ids if ids.count(i) > 1}):
        place.report(f"`action_id` {action_id} already exists for other elements of this block")


def _context_item(value: Any, place: Place) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "image":
        ELEMENTS["image"](value, place)
    elif kind in _TEXT:
        text(3000, *_TEXT)(value, place)
    else:
        (place / "type").report(f"unsupported type: {kind}")


BLOCKS: dict[str, Check] = {
    "section": _block(
        {},
        {
            "text": text(3000, *_TEXT),
            "fields": items(text(2000, *_TEXT), 10),
            "accessory": element(IN_SECTION),
            "expand": boolean,
        },
        _section_says_something,
    ),
    "header": _block({"text": text(150)}),
    "divider": _block({}),
    "context": _block({"elements": items(_context_item, 10)}),
    "actions": _block({"elements": items(element(IN_ACTIONS), 25)}, None, _unique_action_ids),
    "input": _block(
        {"label": text(2000), "element": element(IN_INPUT)},
        {"hint": text(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "image": _block({"image_url": string(3000, 1), "alt_text": string(2000, 1)}, {"title": text(2000)}),
    "markdown": _block({"text": string(12_000, 1)}),
}

_EVERYWHERE = frozenset(BLOCKS) - {"markdown"}
ON_SURFACE = {
    "message": _EVERYWHERE | {"markdown"},
    "modal": _EVERYWHERE,
    "home": _EVERYWHERE,
}


def block(value: Any, place: Place) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in ON_SURFACE[place.findings.surface]:
        (place / "type").report(f"unsupported type: {kind}")
        return
    BLOCKS[kind](value, place)
