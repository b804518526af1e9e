"""A modal that says one thing and is closed."""

from typing import Any

from dbaccess.slack.blocks import modal, section
from dbaccess.slack.text import cut, refusal

NOTICE = "notice"
"""The callback id; nothing is submitted under it."""


def build(text: str) -> dict[str, Any]:
    return modal(title="Not done", callback_id=NOTICE, blocks=[section(refusal(cut(text, 2900)))])
