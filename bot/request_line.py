"""Parsing of `TARGET ROLE DURATION REASON`, as people type it."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from dbaccess.domain.duration import Clock, format_duration, is_until, take_duration, write_duration
from dbaccess.domain.errors import BadDuration
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.text import clean
from dbaccess.slack.views.form import FormState

_ENTITIES: Final = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]+")
_LONE_DASHES: Final = re.compile("^(?:[-\u2010-\u2015\u2212]+(?:\\s+|$))+")
_OTHER_ORDERS: Final = (
    ("role", "target"),
    ("target", "time", "role"),
    ("role", "time", "target"),
    ("time", "target", "role"),
    ("time", "role", "target"),
)
_AROUND: Final = " \t\n,.;:\"'`*_\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e"
"""What keyboards of phones put around a word, and no name begins or ends with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A request in one line. With a `problem`, the reason keeps every word that may belong to it."""

    state: FormState
    problem: BadDuration | None = None

    def ask(self, policy: Policy) -> Ask:
        """Return the request; raise the `Refused` that names the first part that is missing or unclear."""
        if self.problem is not None and self.state.target and self.state.role:
            policy.role(self.state.target, self.state.role)
            raise self.problem
        return self.state.ask()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreLine:
    """What follows `extend`: a target and a role where they were named, and the rest of the line."""

    target: str | None
    role: str | None
    rest: str


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
    """Return the parts of the line; missing ones stay empty. The duration is as long as it can be read.

    Target, role and duration may come in another order where the words have one meaning only.
    """
    if line := _in_order(text, ("target", "role"), policy, clock):
        return line
    found = [line for order in _OTHER_ORDERS if (line := _in_order(text, order, policy, clock))]
    if len(found) == 1:
        return found[0]
    target, behind = _next_word(text)
    role, behind = _next_word(behind)
    known = known_name(target, policy.targets)
    roles = policy.targets[known].roles if known in policy.targets else ()
    return _timed(FormState(target=known or None, role=known_name(role, roles) or None, reason=behind), clock)


def _in_order(text: str, order: Collection[str], policy: Policy, clock: Clock) -> Line | None:
    """Return the line if it begins with these parts; a duration that is not among them follows."""
    words, time = {"target": "", "role": ""}, FormState()
    for part in order:
        if part == "time":
            line = _timed(FormState(reason=_skip_dashes(text)), clock)
            if line.problem is not None:
                return None
            time, text = line.state, line.state.reason
        else:
            words[part], text = _next_word(text)
    target = known_name(words["target"], policy.targets)
    role = known_name(words["role"], policy.targets[target].roles) if target in policy.targets else ""
    if not role or role not in policy.targets[target].roles:
        return None
    state = replace(time, target=target, role=role, reason=_skip_dashes(text))
    return Line(state=state) if "time" in order else _timed(state, clock)


def _timed(state: FormState, clock: Clock) -> Line:
    """Return the line whose reason begins with the duration."""
    behind = state.reason
    if not behind:
        return Line(state=state)
    try:
        length, reason = take_duration(behind, clock=clock)
        if is_until(behind):
            raise _starts_later(length, reason)
    except BadDuration as problem:
        rest = behind if problem.rest is None else problem.rest
        return Line(state=replace(state, reason=rest), problem=problem)
    return Line(state=replace(state, duration=write_duration(length), reason=reason))


def _next_word(text: str) -> tuple[str, str]:
    word, rest = first_word(_skip_dashes(text))
    return word, _skip_dashes(rest)


def _skip_dashes(text: str) -> str:
    """Return the text without the dashes in front of it that stand alone."""
    return _LONE_DASHES.sub("", clean(text), count=1)


def _starts_later(length: timedelta, reason: str) -> BadDuration:
    """A request's time starts when access begins, which may be long after it was typed."""
    said = f"The time starts when access begins, so write how long. From now it is {format_duration(length)}."
    return BadDuration(said, choices=(write_duration(length),), rest=reason)


def read_more(text: str, held: Collection[tuple[str, str]], policy: Policy) -> MoreLine:
    """Return the parts of `[TARGET [ROLE]] [DURATION] [WHY]`; `held` are the pairs that the person holds."""
    word, rest = first_word(text)
    target = known_name(word, policy.targets.keys() | {name for name, _ in held})
    if target not in policy.targets and target not in {name for name, _ in held}:
        return MoreLine(target=None, role=None, rest=text.strip())
    word, behind = first_word(rest)
    roles = policy.targets[target].roles.keys() if target in policy.targets else set[str]()
    role = known_name(word, roles | {name for of, name in held if of == target})
    if role in roles or (target, role) in held:
        return MoreLine(target=target, role=role, rest=behind)
    return MoreLine(target=target, role=None, rest=rest)
