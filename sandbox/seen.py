"""Visible things, as the client returns them to tests: messages, views, and their elements."""

import html
import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.blocks.ids import elements_of
from sandbox.wire import Json

_LABELLED = re.compile(r"<(?:[^<>|]*)\|(?P<label>[^<>|]*)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    text: str
    action_id: str
    block_id: str
    value: str | None
    style: str | None
    confirm: Json | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`history`: text, blocks and metadata before each edit, oldest first. `files`: what it shares."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json]
    thread_ts: str | None
    metadata: Json | None
    ephemeral: bool
    edited: bool
    history: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)

    def buttons(self) -> list[Button]:
        return buttons(self)

    def plain(self) -> str:
        return plain(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`raw`: the whole view as the app is sent it."""

    id: str
    type: str
    title: str
    submit: str | None
    close: str | None
    callback_id: str
    private_metadata: str
    blocks: list[Json]
    state: dict[str, dict[str, Json]]
    hash: str
    raw: Json

    @classmethod
    def read(cls, raw: Json) -> "View":
        return cls(
            id=raw["id"],
            type=raw["type"],
            title=_text(raw.get("title")),
            submit=_text(raw.get("submit")) or None,
            close=_text(raw.get("close")) or None,
            callback_id=raw["callback_id"],
            private_metadata=raw["private_metadata"],
            blocks=raw["blocks"],
            state=raw["state"]["values"],
            hash=raw["hash"],
            raw=raw,
        )

    def buttons(self) -> list[Button]:
        return buttons(self)

    def plain(self) -> str:
        return plain(self)

    def element(self, action_id: str) -> Json:
        """Return the one element with this action_id; raises KeyError if there is none."""
        for block in self.blocks:
            for element in elements_of(block):
                if element["action_id"] == action_id:
                    return element
        raise KeyError(action_id)

    def action_ids(self) -> list[str]:
        return [element["action_id"] for block in self.blocks for element in elements_of(block)]

    def value(self, action_id: str) -> Any:
        """Return the value of the element: text, or the value (or values) of the choice."""
        for actions in self.state.values():
            if action_id in actions:
                return _entered(actions[action_id])
        raise KeyError(action_id)


def plain(shown: Message | View) -> str:
    """Return all visible text, one piece a line: links and dates as people read them, `*` and `>` as written.

    A message shows its `text` only if it has no blocks.
    """
    pieces = [piece for block in shown.blocks for piece in _pieces(block)]
    if isinstance(shown, View):
        pieces = [text for text in (shown.title, *pieces, shown.submit, shown.close) if text]
    elif not shown.blocks:
        pieces = [_mrkdwn(shown.text)]
    return html.unescape("\n".join(pieces))


def buttons(shown: Message | View) -> list[Button]:
    """All buttons, in the order in which they are shown."""
    return [
        _button(block, element)
        for block in shown.blocks
        for element in elements_of(block)
        if element["type"] == "button"
    ]


def _button(block: Json, element: Json) -> Button:
    return Button(
        text=element["text"]["text"],
        action_id=element["action_id"],
        block_id=block["block_id"],
        value=element.get("value"),
        style=element.get("style"),
        confirm=element.get("confirm"),
    )


def _pieces(block: Json) -> list[str]:
    texts = [block.get("title"), block.get("text"), *block.get("fields", []), block.get("label")]
    if block["type"] == "context":
        texts += [item for item in block["elements"] if item["type"] != "image"]
    texts.append(block.get("hint"))
    of_elements = [piece for element in elements_of(block) for piece in _element_pieces(element)]
    return [piece for piece in map(_text, texts) if piece] + of_elements


def _element_pieces(element: Json) -> list[str]:
    """A button's label; the options of what shows them all."""
    if element["type"] == "button":
        return [_text(element["text"])]
    if element["type"] not in ("radio_buttons", "checkboxes"):
        return []
    shown = [text for option in element["options"] for text in (option["text"], option.get("description"))]
    return [_text(text) for text in shown if text]


def _text(given: Any) -> str:
    """Of a text object, or of the bare string of a markdown block."""
    if isinstance(given, dict):
        text = str(given["text"])
        return _mrkdwn(text) if given["type"] == "mrkdwn" else text
    return given if isinstance(given, str) else ""


def _mrkdwn(text: str) -> str:
    """Links, dates and named mentions as they read; mentions by id stay as they are."""
    return _LABELLED.sub(lambda found: found["label"], text)


def _entered(state: Json) -> Any:
    found = next((value for key, value in state.items() if key != "type"), None)
    if isinstance(found, list):
        return [one["value"] if isinstance(one, dict) else one for one in found]
    return found["value"] if isinstance(found, dict) else found
