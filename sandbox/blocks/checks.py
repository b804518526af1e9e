"""The pieces that block and element rules are made of; each reports with a JSON pointer, as Slack does."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Check = Callable[[Any, "Place"], None]

_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")


@dataclass(slots=True, kw_only=True)
class Findings:
    messages: list[str] = field(default_factory=list)
    surface: str = "message"


@dataclass(frozen=True, slots=True)
class Place:
    """The place in the payload that a check examines, with its problems."""

    pointer: str
    findings: Findings

    def __truediv__(self, key: str | int) -> "Place":
        return Place(f"{self.pointer}/{key}", self.findings)

    def report(self, text: str) -> None:
        self.findings.messages.append(f"[ERROR] {text} [json-pointer:{self.pointer}]")


def escaped_length(text: str, *, mrkdwn: bool) -> int:
    """The length that Slack counts: a bare `&` takes five characters, and in plain text `<` and `>` four."""
    counted = _BARE_AMPERSAND.sub("&amp;", text)
    if not mrkdwn:
        counted = counted.replace("<", "&lt;").replace(">", "&gt;")
    return len(counted)


def string(longest: int, shortest: int = 0) -> Check:
    def check(value: Any, place: Place) -> None:
        if not isinstance(value, str):
            place.report("must be a string")
        else:
            _bounds(len(value), longest, shortest, place)

    return check


def _bounds(length: int, longest: int, shortest: int, place: Place) -> None:
    if length > longest:
        place.report(f"must be less than {longest + 1} characters")
    if length < shortest:
        place.report(f"must be more than {shortest - 1} characters")


def boolean(value: Any, place: Place) -> None:
    if not isinstance(value, bool):
        place.report("must be a boolean")


def integer(lowest: int, highest: int) -> Check:
    def check(value: Any, place: Place) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            place.report("must be an integer")
        elif not lowest <= value <= highest:
            place.report(f"must be between {lowest} and {highest}")

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any, place: Place) -> None:
        if value not in allowed:
            place.report(f"must be one of: {', '.join(allowed)}")

    return check


def pattern(expression: str, wording: str) -> Check:
    compiled = re.compile(expression)

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            place.report(f"must be {wording}")

    return check


def items(each: Check, longest: int, shortest: int = 1) -> Check:
    def check(value: Any, place: Place) -> None:
        if not isinstance(value, list):
            place.report("must be an array")
            return
        if len(value) > longest:
            place.report(f"no more than {longest} items allowed")
        if len(value) < shortest:
            place.report(f"no fewer than {shortest} items allowed")
        for index, item in enumerate(value):
            each(item, place / index)

    return check


def listed(value: Any) -> list[Any]:
    """Return the array, or an empty list if it is none, which another check reports."""
    return value if isinstance(value, list) else []


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with exactly these keys."""
    known = {**required, **(optional or {})}

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, dict):
            place.report("must be an object")
            return
        for key in required:
            if key not in value:
                place.report(f"missing required field: {key}")
        for key, item in value.items():
            if key in known:
                known[key](item, place / key)
            else:
                place.report(f"invalid additional property: {key}")

    return check


def text(longest: int, *kinds: str) -> Check:
    """A text object of one of these kinds, never empty."""
    kinds = kinds or ("plain_text",)

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, dict):
            place.report("must be an object")
            return
        kind = value.get("type")
        if kind not in kinds:
            (place / "type").report(f"must be one of: {', '.join(kinds)}")
            return
        extra: dict[str, Check] = {"emoji": boolean} if kind == "plain_text" else {"verbatim": boolean}
        known = shape({"type": string(20), "text": string(100_000, 1)}, extra)
        known(value, place)
        if isinstance(value.get("text"), str):
            length = escaped_length(value["text"], mrkdwn=kind == "mrkdwn")
            _bounds(length, longest, 0, place / "text")

    return check


def both(*checks: Check) -> Check:
    def check(value: Any, place: Place) -> None:
        for one in checks:
            one(value, place)

    return check
