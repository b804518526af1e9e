"""The ids that Slack makes up where the app gave none."""

import secrets
from copy import deepcopy

from sandbox.blocks.elements import ELEMENTS
from sandbox.wire import Json

_WITHOUT_ACTION = {"image"}


def completed(blocks: list[Json]) -> list[Json]:
    """A copy in which each block has a block_id and each interactive element an action_id."""
    copy = deepcopy(blocks)
    for block in copy:
        block.setdefault("block_id", _made_up())
        for element in elements_of(block):
            element.setdefault("action_id", _made_up())
    return copy


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of one block, in the order in which they are shown."""
    found = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
    return [e for e in found if isinstance(e, dict) and e.get("type") in ELEMENTS.keys() - _WITHOUT_ACTION]


def _made_up() -> str:
    return secrets.token_urlsafe(4)[:5]
