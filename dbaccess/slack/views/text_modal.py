"""A modal with one text, or that text above the view shown before."""

from collections.abc import Mapping
from typing import Any

from dbaccess.slack.blocks import modal

NOTICE = "notice"
"""The callback id, under which nothing is submitted, and the id of the block above another view."""

_OF_A_MODAL = ("type", "title", "submit", "close", "callback_id", "private_metadata", "clear_on_close")

Json = dict[str, Any]


def build(answer: Mapping[str, Any], *, title: str) -> Json:
    """Return the modal; `answer` is built as in `answers`."""
    return modal(title=title, callback_id=NOTICE, blocks=list(answer["blocks"]))


def on_top(view: Mapping[str, Any], answer: Mapping[str, Any]) -> Json:
    """Return the same modal, with its entered values, below the answer."""
    kept = {name: view[name] for name in _OF_A_MODAL if view.get(name)}
    below = [block for block in view["blocks"] if block.get("block_id") != NOTICE]
    return {**kept, "blocks": [{**answer["blocks"][0], "block_id": NOTICE}, *below]}
