"""The line of an auditor's question: names of parts, each followed by what it must be."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot.request_line import MENTION
from dbaccess.domain.audit_ask import MOMENTS, AuditAsk
from dbaccess.domain.errors import BadQuestion, BadTime
from dbaccess.domain.period import is_day, read_moment, read_period
from dbaccess.domain.reach import TableUse
from dbaccess.domain.text import clean

_PARTS: Final = {
    "person": "person", "holder": "person", "who": "person",
    "reviewer": "reviewer", "approver": "reviewer",
    "target": "target", "role": "role", "table": "table", "can": "can",
    "at": "at", "from": "since", "since": "since", "to": "until", "until": "until",
    "ticket": "ticket", "grant": "grant", "text": "words", "statement": "words",
}  # fmt: skip
_TYPED: Final = {"words": "text", "since": "from", "until": "to"}
_LONG: Final = frozenset({"person", "reviewer"})
"""Names of people have several words."""
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?", re.IGNORECASE)
_GRANT: Final = re.compile(r"[Gg]-?(\d{1,15})|(\d{1,15})")
_HOW: Final = "/dbaccess audit alone shows examples."


def read_audit_line(text: str, now: datetime, targets: Collection[str]) -> AuditAsk:
    """Return the question; a bare word is a target, a table with its schema, or a grant such as G-1042.

    Raises `BadQuestion` or `BadTime`, which say what to write.
    """
    given: dict[str, str] = {}
    for part, value in _parts(clean(text).split(), targets):
        if not value:
            raise BadQuestion(f'"{_TYPED.get(part, part)}" lacks its value. {_HOW}')
        if part in given:
            raise BadQuestion(f'"{_TYPED.get(part, part)}" is there twice. Ask for one at a time. {_HOW}')
        given[part] = value
    ask = AuditAsk(**{name: _value(name, given[name]) for name in given if name not in MOMENTS})
    if ask.can is not None and ask.table is None:
        raise BadQuestion("can needs a table: table shop.orders can write.")
    return _at_time(ask, given, now)


def _parts(words: Sequence[str], targets: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each part with its value."""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, mark, glued = _split(word)
        if name is None:
            bare = _bare(word, targets)
            if bare is None:
                raise BadQuestion(f'"{word[:40]}" is no part of a question. {_HOW}')
            yield bare
            continue
        if mark:
            rest.insert(0, glued)
        if name == "words":
            yield name, " ".join(rest)
            return
        yield name, _taken(name, rest, targets)


def _split(word: str) -> tuple[str | None, bool, str]:
    """Return the part that a word begins, and the value that is glued to it: `table=…`, `--table`."""
    found = re.fullmatch(r"(?:--)?([a-z]+)(?:[=:](.+))?", word, re.IGNORECASE)
    name = _PARTS.get(found[1].casefold()) if found else None
    return name, bool(found and found[2]), (found[2] or "") if found else ""


def _taken(name: str, rest: list[str], targets: Collection[str]) -> str:
    """Take the value from the words that follow: one, a day with its time, or a whole name.

    A name ends before the next part, also before one that is known by its form.
    """
    taken = [rest.pop(0)] if rest else []
    if name in MOMENTS and taken and rest and is_day(taken[0]) and _CLOCK.fullmatch(rest[0]):
        return f"{taken[0]}T{rest.pop(0).upper()}"
    while name in _LONG and rest and _split(rest[0])[0] is None and _bare(rest[0], targets) is None:
        taken.append(rest.pop(0))
    return " ".join(taken)


def _bare(word: str, targets: Collection[str]) -> tuple[str, str] | None:
    """Return the part that a word without a name must be; None if its form does not tell."""
    if word.casefold() in {target.casefold() for target in targets}:
        return "target", next(one for one in targets if one.casefold() == word.casefold())
    if re.fullmatch(r"[Gg]-\d{1,15}", word):
        return "grant", word
    if MENTION.fullmatch(word) or word.startswith("@"):
        return "person", word
    if "." in word.strip("."):
        return "table", word
    return None


def _value(name: str, text: str) -> Any:
    if name == "grant":
        found = _GRANT.fullmatch(text)
        if found is None:
            raise BadQuestion(f'"{text[:40]}" is no grant. Write it like G-1042.')
        return int(found[1] or found[2])
    if name == "can":
        if text.lower() not in set(TableUse):
            raise BadQuestion(f'"{text[:40]}" is nothing that a login can do. Write read, write or own.')
        return TableUse(text.lower())
    if name in _LONG:
        mention = MENTION.fullmatch(text)
        return mention[1] if mention else text.removeprefix("@")
    return text


def _at_time(ask: AuditAsk, given: dict[str, str], now: datetime) -> AuditAsk:
    at, since, until = given.get("at"), given.get("since"), given.get("until")
    if at is None:
        begin, end = read_period(since, until, now)
        return replace(ask, since=begin, until=end)
    if since is not None or until is not None:
        raise BadTime("at is one moment: leave out from and to.")
    if is_day(at):
        raise BadTime(f"at is one moment: write at {at} 10:00. For the whole day write from {at} to {at}.")
    moment = read_moment(at, now)
    if moment > now:
        raise BadTime(f'at "{at[:40]}" has not come yet. Write at now for this moment.')
    return replace(ask, at=moment)
