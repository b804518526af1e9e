"""Parsing of `TARGET ROLE DURATION REASON`, as people type it."""

import re
from collections.abc import Collection

from dbaccess.domain.text import clean
from dbaccess.slack.views.form import FormState

_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_UNIT = re.compile(r"(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\b", re.IGNORECASE)


def unescape(text: str) -> str:
    """Return the typed text: Slack sends `& < >` of a command as entities."""
    return re.sub(r"&(?:lt|gt|amp);", lambda found: _ENTITIES[found[0]], text)


def first_word(text: str) -> tuple[str, str]:
    """Return the first word and the rest, without blanks around them."""
    word, _, rest = clean(text).strip().partition(" ")
    return word, rest.strip()


def read_line(text: str) -> FormState:
    """Return the form's state for the line; missing parts stay empty. `2 hours` counts as one word."""
    words = clean(text).split(maxsplit=3)
    target, role, duration, reason = words + [""] * (4 - len(words))
    if duration.isdigit() and (unit := _UNIT.match(reason)):
        duration, reason = f"{duration} {unit[0]}", reason[unit.end() :].strip()
    return FormState(target=target or None, role=role or None, duration=duration or None, reason=reason)


def read_more(text: str, held: Collection[tuple[str, str]]) -> tuple[tuple[str, str] | None, str, str]:
    """Return which of `held` (None: not given), how much, and why, from `[TARGET ROLE] [DURATION] [WHY]`."""
    target, rest = first_word(text)
    role, behind = first_word(rest)
    which = (target, role) if target in {name for name, _ in held} else None
    duration, reason = first_word(behind if which else text)
    if duration.isdigit() and (unit := _UNIT.match(reason)):
        duration, reason = f"{duration} {unit[0]}", reason[unit.end() :].strip()
    return which, duration, reason
