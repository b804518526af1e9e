"""Parsing of `TARGET ROLE DURATION REASON`, as people type it."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from dbaccess.domain.duration import format_duration, is_until, take_duration, write_duration
from dbaccess.domain.errors import BadDuration
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.text import clean
from dbaccess.domain.time_of_day import Clock
from dbaccess.domain.typed import DASHES, MARKS, QUOTES, bare_name
from dbaccess.slack.views.form import FormState

_ENTITIES: Final = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
MENTION: Final = re.compile(r"<@(\w+)(?:\|[^>]*)?>")
"""An account as Slack writes it in text."""

_LONE_DASHES: Final = re.compile(rf"^(?:[{DASHES}-]+(?:\s+|$))+")
_WORD: Final = re.compile(r"\s*([^\s\u3001\u3002\uff0c\uff1b]+[\u3001\u3002\uff0c\uff1b]*|\S+)")
"""Full-width commas and stops end a word without a blank behind them."""
_OTHER_ORDERS: Final = (
    ("role", "target"),
    ("target", "time", "role"),
    ("role", "time", "target"),
    ("time", "target", "role"),
    ("time", "role", "target"),
)
_ON: Final = "on"
"""Joins role and target in every message of ours."""
_UNCLEAR_WORDS: Final = 4
"""A duration that cannot be read has so many words at most: `1 hour 30 or`."""
_AROUND: Final = re.compile(rf"^[\s{MARKS}{QUOTES}*_]+|[\s{MARKS}{QUOTES}*_]+$")
"""Marks around an unknown name, which is shown without them."""


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
    """The words after `extend`: a target and a role where they were named, and the rest of the line."""

    target: str | None
    role: str | None
    rest: str


def unescape(text: str) -> str:
    """Return the typed text: Slack sends `& < >` of a command as entities."""
    return re.sub(r"&(?:lt|gt|amp);", lambda found: _ENTITIES[found[0]], text)


def first_word(text: str) -> tuple[str, str]:
    """Return the first word and the rest, without blanks around them."""
    line = clean(text)
    found = _WORD.match(line)
    return (found[1], line[found.end() :].strip()) if found else ("", "")


def known_name(typed: str, names: Iterable[str]) -> str:
    """Return the one of these names that the word means whatever its case and marks; else the word."""
    shown, plain = _AROUND.sub("", typed), bare_name(typed)
    meant = {name for name in names if bare_name(name) == plain}
    if exact := meant & {typed, shown}:
        return exact.pop()
    return meant.pop() if len(meant) == 1 else shown or typed


def named_target(text: str, names: Collection[str]) -> str:
    """Return the one of these names that the text is, or that alone is a word of it; else the text."""
    whole = known_name(text, names)
    among = {name for word in clean(text).split() if (name := known_name(word, names)) in names}
    return among.pop() if whole not in names and len(among) == 1 else whole


def read_line(text: str, policy: Policy, clock: Clock) -> Line:
    """Return the parts of the line; missing ones stay empty. The duration is as long as it can be read.

    Target, role and duration may come in another order where the words have one meaning only.
    """
    if line := _in_order(text, ("target", "role"), policy, clock):
        return line
    found = [line for order in _OTHER_ORDERS if (line := _in_order(text, order, policy, clock))]
    found = [line for line in found if line.problem is None] or found
    if len(found) == 1:
        return found[0]
    target, behind = _next_word(text)
    role, behind = _next_word(behind)
    if role.casefold() == _ON and target not in policy.targets:
        role, (target, behind) = target, _next_word(behind)
    known = known_name(target, policy.targets)
    roles = policy.targets[known].roles if known in policy.targets else ()
    return _timed(FormState(target=known or None, role=known_name(role, roles) or None, reason=behind), clock)


def _in_order(text: str, order: Sequence[str], policy: Policy, clock: Clock) -> Line | None:
    """Return the line if it begins with these parts; a duration that is not among them follows."""
    if "time" not in order:
        state = _named(text, order, policy)
        return _timed(state, clock) if state else None
    before, after = order[: order.index("time")], order[order.index("time") + 1 :]
    first, behind = _next_word(text) if before else ("", _skip_dashes(text))
    time = _timed(FormState(reason=behind), clock)
    for rest in (time.state.reason,) if time.problem is None else _rests(behind, time.problem):
        if state := _named(f"{first} {rest}", (*before, *after), policy):
            return replace(time, state=replace(state, duration=time.state.duration))
    return None


def _named(text: str, order: Sequence[str], policy: Policy) -> FormState | None:
    """Return target and role of a text that begins with their names in this order, with `on` or without."""
    first, behind = _next_word(text)
    second, behind = _next_word(behind)
    if order[0] == "role" and second.casefold() == _ON:
        second, behind = _next_word(behind)
    words = dict(zip(order, (first, second), strict=True))
    target = known_name(words["target"], policy.targets)
    role = known_name(words["role"], policy.targets[target].roles) if target in policy.targets else ""
    if not role or role not in policy.targets[target].roles:
        return None
    return FormState(target=target, role=role, reason=behind)


def _rests(text: str, problem: BadDuration) -> Iterator[str]:
    """Yield what may follow an unclear duration; nothing where the text does not look like one."""
    if problem.rest is not None:
        yield problem.rest
    elif problem.choices or text[:1].isdigit():
        words = text.split()
        yield from (" ".join(words[number:]) for number in range(1, _UNCLEAR_WORDS + 1))


def _timed(state: FormState, clock: Clock) -> Line:
    """Return the line with a reason that begins with the duration."""
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
    names = policy.targets.keys() | {name for name, _ in held}
    word, rest = first_word(text)
    target = known_name(word, names)
    on, behind = first_word(rest)
    named, behind = first_word(behind)
    if on.casefold() == _ON and (known := known_name(named, names)) in names and target not in names:
        target, rest = known, f"{word} {behind}"
    if target not in names:
        return MoreLine(target=None, role=None, rest=text.strip())
    word, behind = first_word(rest)
    roles = policy.targets[target].roles.keys() if target in policy.targets else set[str]()
    role = known_name(word, roles | {name for of, name in held if of == target})
    if role in roles or (target, role) in held:
        return MoreLine(target=target, role=role, rest=behind)
    return MoreLine(target=target, role=None, rest=rest)
