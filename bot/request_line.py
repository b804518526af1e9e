"""Parsing of `TARGET ROLE DURATION REASON`, as people type it."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from dbaccess.domain.duration import Clock, take_duration, write_duration
from dbaccess.domain.errors import BadDuration
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.text import clean
from dbaccess.slack.views.form import FormState

_ENTITIES: Final = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]+")
_AROUND: Final = " \t\n,.;:\"'`*_\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e"
"""What keyboards of phones put around a word, and no name begins or ends with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A request in one line. With a `problem`, the reason keeps every word that may belong to it."""

    state: FormState
    problem: BadDuration | None = None

    def ask(self) -> Ask:
        """Return the request; raise the `Refused` that names the first part that is missing or unclear."""
        if self.problem is not None and self.state.target and self.state.role:
            raise self.problem
        return self.state.ask()


def unescape(text: str) -> str:
    """Return the typed text: Slack sends `& < >` of a command as entities."""
    return re.sub(r"&(?:lt|gt|amp);", lambda found: _ENTITIES[found[0]], text)


def first_word(text: str) -> tuple[str, str]:
    """Return the first word and the rest, without blanks around them."""
    word, *rest = clean(text).split(maxsplit=1) or [""]
    return word, rest[0].strip() if rest else ""


def known_name(typed: str, names: Iterable[str]) -> str:
    """Return the one of these names that the word means whatever its case and marks; else the word."""
    bare = typed.strip(_AROUND)
    plain = _DASHES.sub("-", bare)
    meant = {name for name in names if name.casefold() == plain.casefold()}
    if typed in meant or plain in meant:
        return typed if typed in meant else plain
    return meant.pop() if len(meant) == 1 else bare or typed


def read_line(text: str, policy: Policy, clock: Clock) -> Line:
    """Return the parts of the line; missing ones stay empty. The duration is as long as it can be read."""
    word, behind = first_word(text)
    target = known_name(word, policy.targets)
    word, behind = first_word(behind)
    roles = policy.targets[target].roles if target in policy.targets else ()
    state = FormState(target=target or None, role=known_name(word, roles) or None, reason=behind)
    if not behind:
        return Line(state=state)
    try:
        length, reason = take_duration(behind, clock=clock)
    except BadDuration as problem:
        rest = behind if problem.rest is None else problem.rest
        return Line(state=replace(state, reason=rest), problem=problem)
    return Line(state=replace(state, duration=write_duration(length), reason=reason))


def read_more(
    text: str, held: Collection[tuple[str, str]], clock: Clock
) -> tuple[tuple[str, str] | None, timedelta | None, str]:
    """Return which of `held` (None: not given), how much, and why, from `[TARGET ROLE] [DURATION] [WHY]`.

    Raises `BadDuration` where something follows that does not begin with a duration.
    """
    word, rest = first_word(text)
    target = known_name(word, {name for name, _ in held})
    role, behind = first_word(rest)
    role = known_name(role, {name for of, name in held if of == target})
    which = (target, role) if target in {name for name, _ in held} else None
    behind = behind if which else text
    if not behind.strip():
        return which, None, ""
    length, reason = take_duration(behind, clock=clock)
    return which, length, reason
