"""`TARGET ROLE DURATION REASON`, as people type it."""

import re
from collections.abc import Collection

from dbaccess.domain.text import clean
from dbaccess.slack.views.form import FormState

_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_UNIT = re.compile(r"(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\b", re.IGNORECASE)


def unescape(text: str) -> str:
    """What was typed: Slack sends `& < >` of a command as entities."""
    return re.sub(r"&(?:lt|gt|amp);", lambda found: _ENTITIES[found[0]], text)


def first_word(text: str) -> tuple[str, str]:
    """The first word and the rest, each without blanks around it."""
    word, _, rest = clean(text).strip().partition(" ")
    return word, rest.strip()


def read_line(text: str) -> FormState:
    """The form's state that the line means; what is missing stays empty. `2 hours` counts as one word."""
    words = clean(text).split(maxsplit=3)
    target, role, duration, reason = words + [""] * (4 - len(words))
    if duration.isdigit() and (unit := _UNIT.match(reason)):
        duration, reason = f"{duration} {unit[0]}", reason[unit.end() :].strip()
    return FormState(target=target or None, role=role or None, duration=duration or None, reason=reason)


def read_more(text: str, held: Collection[tuple[str, str]]) -> tuple[tuple[str, str] | None, str, str]:
    """`[TARGET ROLE] [DURATION] [WHY]` behind `extend`: which of `held` (None: not said), how much, why."""
    target, rest = first_word(text)
    role, behind = first_word(rest)
    which = (target, role) if target in {name for name, _ in held} else None
    duration, reason = first_word(behind if which else text)
    if duration.isdigit() and (unit := _UNIT.match(reason)):
        duration, reason = f"{duration} {unit[0]}", reason[unit.end() :].strip()
    return which, duration, reason
