"""How people write and read a length of time: one grammar for commands, forms, policy and command line."""

import re
from datetime import timedelta
from fractions import Fraction
from typing import Final

from dbaccess.domain import time_of_day, typed
from dbaccess.domain.errors import BadDuration
from dbaccess.domain.time_of_day import HOW, Clock
from dbaccess.domain.written_length import (
    DAY,
    LONGEST,
    NUMBERS,
    SMALLER,
    TRAILING,
    Part,
    WrittenLength,
    length_at,
    part_at,
)

_LONGEST_TEXT: Final = 200

_BARE_NUMBER: Final = re.compile(r" *(?:and +|[&+] *)?(?P<number>\d{1,4})(?![\w/-]|[.,:]\w)")
_AGAIN: Final = re.compile(r" *(?:[-+&x\u00d7]|:(?=\d)|(?:and +)?then\b|(?:to|or|and|plus|minus|less)\b)? *")
"""Between two lengths. A comma or colon may begin the reason instead: `2h: 30s timeouts`."""
_NEXT: Final = re.compile(r" *[,;:\u2026](?: *(?:and +)?then\b)? *")
_COUNT: Final = rf"(?!an?\b)(?:{'|'.join(NUMBERS)})\b"
_COUNTED: Final = re.compile(_COUNT)
_OTHER: Final = re.compile(
    rf" *[x\u00d7] *\d| *,? *(?:or +(?:\d|{_COUNT})|(?:un)?till? +(?:\d|noon\b|midnight\b))"
)
"""`2h x3`, `2h or 3`, `2h until 17:00`: a factor, or another length or end."""
_LATER: Final = re.compile(r" *,? *(?:in|after) +")
"""`2h in 30 minutes` names a start time, too."""
_MORE: Final = (
    r" +(?:ago|old|earlier|late|later|before|after|behind|of|per|each|every|twice|"
    r"hourly|daily|nightly|weekly)\b"
)
_NOT_ALONE: Final = re.compile(_MORE)
"""Words behind a length that make something else of it: `2h ago`, `2h per day`."""
_OF_THE_REASON: Final = re.compile(
    rf"{_MORE}| +(?:outages?|downtimes?|delays?|delayed|lag|latency|timeouts?|windows?|intervals?|gaps?|"
    r"backlog|spikes?|users|rows|records|events|customers|entries|tuples|lines|messages|requests|sessions|"
    r"times)\b"
)
"""Words behind `2h 5m`, if its last part may belong to the reason: minutes of something, or millions."""
_PLURAL: Final = re.compile(r" +[a-z]{3,}(?<![isu])s\b")
_USUAL: Final = 600
"""People ask for whole tens of minutes; `2h 5m orders` may count orders."""
_AND_HALF: Final = re.compile(r" +and +half\b")
_MINUTES_IN_WORDS: Final = re.compile(
    r" +(?:(?:and|&|\+) +)?(?P<word>five|ten|fifteen|twenty|thirty|forty)(?![\w-])"
)
_TENTHS_OR_MINUTES: Final = re.compile(r"(?P<hours>\d{1,6})[.,](?P<minutes>[0-5]\d) *h")
"""`1.30h` may be 1.3 hours, or an hour and thirty minutes."""
_MONTHS: Final = re.compile(r"\D*(?P<count>\d{1,2}) *[M\uff2d](?![A-Za-z])")
"""`1M` may be a minute or a month. Thirteen months are over the longest time."""
_NO_FIXED_LENGTH: Final = re.compile(
    rf"(?:\d{{1,4}}|(?:{'|'.join(NUMBERS)})(?= )) *"
    r"(?:mo|mths?|months?|y|yrs?|years?|quarters?)\b"
)
_NUMBER_ALONE: Final = re.compile(r" *(\d{1,6})(?![\w/-]|[.,:]\w)")
_LEAD: Final = re.compile(
    r" *(?:(?:for|about|around|approx\.?|approximately|roughly|ca\.?|circa|just|only|another|maximum|max\.?"
    r"|up +to|the +next) +|[~\u2248] *)*"
)
_AROUND: Final = rf"{typed.QUOTES}*()\[\]"
"""Marks that people and keyboards put around a length."""
_BETWEEN: Final = f"{typed.MARKS}{typed.DASHES}-"
_MARK: Final = rf"(?:\s*[{_AROUND}{_BETWEEN}])"
_MARKS: Final = re.compile(rf"(?!{_MARK}{{9}}){_MARK}+(?=\s|$)|[{_BETWEEN}]")
"""Marks that people put between the length and the reason. More than eight are the reason itself."""
_ENDS: Final = re.compile(rf"[\s{_AROUND}{_BETWEEN}]|$")
_BLANK: Final = re.compile(f"[{_AROUND}]")


def parse_duration(text: str, *, clock: Clock | None = None) -> timedelta:
    """Return the length of time that the whole text means: `2h`, `90 min`, `1 hour and 30 minutes`, `1.5h`.

    `clock` tells the time in the person's zone; with it `until 17:00` is understood too.
    Raises `BadDuration` with a text that says what to write instead; `choices` are what it could mean.
    """
    length, rest = take_duration(text, clock=clock)
    if rest.strip(TRAILING):
        raise _not_one(text)
    return length


def take_duration(text: str, *, clock: Clock | None = None) -> tuple[timedelta, str]:
    """Return the length of time that the text begins with, as far as it goes, and what follows it.

    Raises `BadDuration` where it begins with none, or where the words behind it may change its meaning.
    """
    plain = _plain(text)
    start = _start(plain)
    if until := time_of_day.until_at(plain, start):
        if clock is None:
            raise _not_one(text)
        return time_of_day.time_left(text, until, clock), _after(text, until.end())
    written = length_at(plain, start)
    if written is None:
        raise _unread(text, plain, start, clock)
    end = written.end
    length = _checked(text[start:end], written.seconds)
    _refuse_tenths(plain[start:end], length)
    _refuse_month(text[start:end], length)
    _refuse_marked(text, start, end, length)
    _refuse_start(text, plain, length, end)
    _refuse_words(text, plain, start, written)
    _refuse_number(text, plain, length, written)
    _refuse_glued(text, length, end)
    return length, _after(text, end)


def is_until(text: str) -> bool:
    """Return whether the text begins with a time of day, as in `until 17:00`."""
    plain = _plain(text)
    return time_of_day.until_at(plain, _start(plain)) is not None


def format_duration(length: timedelta) -> str:
    """Return `2 h`, `30 min`, `2 h 30 min`, `1 d`, `20 s`: as people read it."""
    rest = int(length.total_seconds())
    parts = []
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, rest = divmod(rest, unit)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts) or "0 s"


def write_duration(length: timedelta) -> str:
    """Return `2h30m`: as people type it."""
    return format_duration(length).replace(" min", "m").replace(" ", "")


def _start(plain: str) -> int:
    lead = _LEAD.match(plain)
    return lead.end() if lead else 0


def _plain(text: str) -> str:
    """The same length, character by character, so that positions stay true; marks around words are blanks."""
    return _BLANK.sub(" ", typed.plain(text[:_LONGEST_TEXT]))


def _after(text: str, end: int) -> str:
    """The following text, without the mark that parts the two."""
    mark = _MARKS.match(text, end)
    return text[mark.end() if mark else end :].strip()


def _refuse_start(text: str, plain: str, read: timedelta, end: int) -> None:
    """`2h from 17:00`, `2h tomorrow`, `2h in 30 minutes`: access would begin at once."""
    begin = time_of_day.start_at(plain, end)
    later = _LATER.match(plain, end) if begin is None else None
    wait = part_at(plain, later.end()) if later else None
    if begin or wait:
        until = begin.end() if begin else wait.end if wait else end
        said = f'"{plain[:until].strip()}" names a start time. Access starts when it is approved.'
        raise BadDuration(said, choices=(write_duration(read),), rest=_after(text, end))


def _refuse_words(text: str, plain: str, start: int, written: WrittenLength) -> None:
    """`2h 5m users`, `2h 30 min ago`, `2h per day`: the words may make something else of the length."""
    end, last = written.end, written.last
    read = _whole(written.seconds)
    if written.before and (found := _reason_at(plain, last)):
        raise _either(plain[start : found.end()], _whole(written.before), read)
    if found := _NOT_ALONE.match(plain, end):
        said = f'"{plain[start : found.end()].strip()}" is not a length of time alone. {HOW}'
        raise BadDuration(said, choices=(write_duration(read),), rest=_after(text, end))
    if found := _AND_HALF.match(plain, end):
        raise _either(plain[start : found.end()], read, read + timedelta(seconds=last.unit / 2))


def _reason_at(plain: str, last: Part) -> re.Match[str] | None:
    """The words behind the last part that show that it may belong to the reason."""
    if found := _OF_THE_REASON.match(plain, last.end):
        return found
    is_odd = last.unit == SMALLER[3600] and last.seconds % _USUAL != 0
    return _PLURAL.match(plain, last.end) if is_odd else None


def _refuse_number(text: str, plain: str, read: timedelta, written: WrittenLength) -> None:
    """`1h30`, `1h 30 rows`, `2h 3h`, `2h-3h`: the number may belong to the length, or begin the reason."""
    end, smallest = written.end, written.last.unit
    if _holds_another(plain, end, smallest):
        said = f'"{plain[: end + 20].strip()}" holds two lengths of time. {HOW}'
        raise BadDuration(said, choices=(write_duration(read),), rest=_after(text, end))
    bare, smaller = _BARE_NUMBER.match(plain, end), SMALLER.get(smallest)
    words = _MINUTES_IN_WORDS.match(plain, end) if bare is None else None
    found = bare or words
    if found is None or smaller is None:
        return
    count = int(bare["number"]) if bare else NUMBERS[found["word"]]
    raise _either(plain[: found.end()], read, read + timedelta(seconds=count * smaller))


def _holds_another(plain: str, end: int, smallest: int) -> bool:
    """Return whether a second length, or a factor, follows the one that was read."""
    if _OTHER.match(plain, end):
        return True
    if (again := _AGAIN.match(plain, end)) and part_at(plain, again.end()):
        return True
    following = _NEXT.match(plain, end)
    if following is None or (another := part_at(plain, following.end())) is None:
        return False
    # `2h, 404s on checkout` is a length and a reason; `1h, 1h` holds two.
    is_counted = _COUNTED.match(plain, following.end()) is not None
    return another.unit >= smallest or is_counted or "then" in following[0]


def _refuse_marked(text: str, start: int, end: int, read: timedelta) -> None:
    """`2h (30m timeouts)`: what a mark parts from the length may begin the reason."""
    if mark := _BLANK.search(text, start, end):
        before = length_at(_plain(text[: mark.start()]), start)
        if before and before.seconds >= 1:
            raise _either(text[start:end], _whole(before.seconds), read)


def _refuse_tenths(written: str, read: timedelta) -> None:
    if found := _TENTHS_OR_MINUTES.search(written):
        other = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
        if other != read:
            raise _either(written, read, other)


def _refuse_month(written: str, read: timedelta) -> None:
    if found := _MONTHS.match(written):
        other = timedelta(days=30 * int(found["count"]))
        if other <= timedelta(seconds=LONGEST):
            raise _either(written, read, other)


def _either(written: str, read: timedelta, other: timedelta) -> BadDuration:
    said = f'"{written.strip()}" may be {format_duration(read)} or {format_duration(other)}.'
    meant = [write_duration(one) for one in (read, other) if one <= timedelta(seconds=LONGEST)]
    return BadDuration(said, choices=tuple(dict.fromkeys(meant)))


def _refuse_glued(text: str, read: timedelta, end: int) -> None:
    """`2h/day`, `2h30x`: the sign behind the unit may change the meaning of the length."""
    if not _ENDS.match(text, end):
        word = (text[:end] + text[end:].split(maxsplit=1)[0]).strip()
        said = f'"{word[:40]}" is not a length of time. {HOW}'
        raise BadDuration(said, choices=(write_duration(read),))


def _unread(text: str, plain: str, start: int, clock: Clock | None) -> BadDuration:
    if found := time_of_day.time_at(plain, start):
        return _time_of_day(text, found, clock)
    if found := _NO_FIXED_LENGTH.match(plain, start):
        return BadDuration(f'"{found[0]}" has no fixed length. Write 30d.', rest=_after(text, found.end()))
    if found := time_of_day.unread_until(plain, start):
        return _not_one(found[0])
    number = _NUMBER_ALONE.match(plain, start)
    if number is None or int(number[1]) == 0:
        return _not_one(text.split(maxsplit=1)[0] if text.strip() else "")
    units = (("m", 60), ("h", 3600))
    choices = tuple(f"{int(number[1])}{unit}" for unit, size in units if int(number[1]) * size <= DAY)
    said = f'"{number[1]}" has no unit. {HOW}'
    return BadDuration(said, choices=choices, rest=_after(text, number.end()))


def _time_of_day(text: str, found: re.Match[str], clock: Clock | None) -> BadDuration:
    """`1:30` may be a length, too; of `17:00` the time until then is offered."""
    length, written = time_of_day.as_length(found), found[0].strip()
    until = time_of_day.time_to(found, clock) if clock else None
    meant = f"may be {format_duration(length)}, or a time of day" if length else "is a time of day"
    choices = tuple(dict.fromkeys(write_duration(one) for one in (length, until) if one))
    return BadDuration(f'"{written}" {meant}. {HOW}', choices=choices, rest=_after(text, found.end()))


def _not_one(text: str) -> BadDuration:
    return BadDuration(f'"{text.strip()[:40]}" is not a length of time. {HOW}')


def _whole(seconds: Fraction) -> timedelta:
    return timedelta(seconds=int(seconds))


def _checked(text: str, seconds: Fraction) -> timedelta:
    if seconds == 0:
        raise BadDuration(f"0 is not a length of time. {HOW}")
    if seconds.denominator != 1:
        raise BadDuration(f'"{text.strip()[:40]}" is no whole number of seconds. {HOW}')
    if seconds > LONGEST:
        raise BadDuration(f'"{text.strip()[:40]}" is over a year. {HOW}')
    return _whole(seconds)
