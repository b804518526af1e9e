"""The few blocks that our messages and views consist of."""

from collections.abc import Iterable
from typing import Any

from dbaccess.domain.text import clean
from dbaccess.slack.text import cut, escape, fit, pieces, quote, undated, without_marks

Json = dict[str, Any]

SECTION_LONGEST = 3000
_QUOTED_LONGEST = 700
"""Characters of a section after escaping: each may be a line, and each line has a mark of its own."""
HEADER_LONGEST = 150
BUTTON_LONGEST = 75
OPTION_LONGEST = 75
TITLE_LONGEST = 24


def plain_text(text: str, longest: int, *, emoji: bool = False) -> Json:
    """Return the element in which Slack renders no token, so it holds none: dates become times in UTC."""
    return {"type": "plain_text", "text": cut(without_marks(undated(text)), longest), "emoji": emoji}


def mrkdwn(text: str) -> Json:
    """The text is escaped already.

    `verbatim` keeps Slack from making links and mentions out of bare words.
    """
    return {"type": "mrkdwn", "text": fit(text, SECTION_LONGEST), "verbatim": True}


def header(text: str) -> Json:
    return {"type": "header", "text": plain_text(text, HEADER_LONGEST)}


def warning_header(text: str) -> Json:
    """Return the one header with a mark; names bring no colon, which would make another mark."""
    return {"type": "header", "text": plain_text(f":warning: {text}", HEADER_LONGEST, emoji=True)}


def section(text: str, *, accessory: Json | None = None, block_id: str | None = None) -> Json:
    block: Json = {"type": "section", "text": mrkdwn(text)}
    if accessory is not None:
        block["accessory"] = accessory
    if block_id is not None:
        block["block_id"] = block_id
    return block


def quoted_sections(text: str) -> list[Json]:
    """Return the whole typed text as a quotation, in as many sections as its length needs."""
    parts = pieces(clean(text), _QUOTED_LONGEST)
    return [section(quoted) for part in parts if (quoted := quote(part))]


def typed_sections(text: str) -> list[Json]:
    """Return the whole text of a file, in as many plain sections as its length needs."""
    parts = [part for part in pieces(clean(text), SECTION_LONGEST) if part.strip()]
    return [{"type": "section", "text": plain_text(part, SECTION_LONGEST)} for part in parts]


def context(text: str) -> Json:
    return {"type": "context", "elements": [mrkdwn(text)]}


def actions(elements: Iterable[Json]) -> list[Json]:
    """Return one block of buttons, or none."""
    listed = list(elements)
    return [{"type": "actions", "elements": listed}] if listed else []


def lines(blocks: Iterable[Json]) -> list[str]:
    """Return the readable text of headers, sections and contexts, escaped."""
    found = []
    for block in blocks:
        shown = block["elements"][0] if block["type"] == "context" else block.get("text")
        if shown is not None:
            found.append(escape(shown["text"]) if shown["type"] == "plain_text" else shown["text"])
    return found


def button(
    label: str,
    *,
    action_id: str,
    value: str,
    style: str | None = None,
    confirm: Json | None = None,
    spoken: str | None = None,
) -> Json:
    """Return a button; `spoken` is what a screen reader says instead of the label."""
    made: Json = {
        "type": "button",
        "text": plain_text(label, BUTTON_LONGEST),
        "action_id": action_id,
        "value": value,
    }
    if style is not None:
        made["style"] = style
    if confirm is not None:
        made["confirm"] = confirm
    if spoken is not None:
        made["accessibility_label"] = cut(without_marks(undated(spoken)), BUTTON_LONGEST)
    return made


def confirmation(*, title: str, text: str, yes: str, no: str) -> Json:
    return {
        "title": plain_text(title, 100),
        "text": plain_text(text, 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30),
    }


def option(label: str, value: str, *, description: str = "") -> Json:
    made: Json = {"text": plain_text(label, OPTION_LONGEST), "value": value}
    if description:
        made["description"] = plain_text(description, OPTION_LONGEST)
    return made


def modal(
    *,
    title: str,
    callback_id: str,
    blocks: list[Json],
    submit: str | None = None,
    close: str = "Close",
    private_metadata: str = "",
) -> Json:
    view: Json = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain_text(title, TITLE_LONGEST),
        "close": plain_text(close, TITLE_LONGEST),
        "blocks": blocks,
    }
    if submit is not None:
        view["submit"] = plain_text(submit, TITLE_LONGEST)
    if private_metadata:
        view["private_metadata"] = private_metadata
    return view
