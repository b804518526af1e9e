"""A message as a person sees it: its lines, its buttons and what a locked screen shows."""

from typing import Any

from dbaccess.domain.message import MessageKind
from dbaccess.domain.request_details import RequestDetails
from dbaccess.slack.views.render_by_kind import render
from tests.unit.slack.limits import elements_of

PRIYA_LINK = "<https://acme.slack.com/team/U0PRIYA|Priya Nair (priya)>"


def shown(kind: MessageKind, details: RequestDetails, *, first: bool = False) -> list[str]:
    return lines_of(render(kind, details, first=first))


def lines_of(payload: dict[str, Any]) -> list[str]:
    lines = []
    for block in payload["blocks"]:
        if block["type"] in {"header", "section"}:
            lines.append(block["text"]["text"])
        elif block["type"] == "context":
            lines.append(block["elements"][0]["text"])
    return lines


def buttons(kind: MessageKind, details: RequestDetails) -> dict[str, dict[str, Any]]:
    return {e["text"]["text"]: e for e in elements_of(render(kind, details, first=False))}


def lock_screen(kind: MessageKind, details: RequestDetails) -> str:
    text: str = render(kind, details, first=True)["text"]
    return text.split("\n", maxsplit=1)[0]
