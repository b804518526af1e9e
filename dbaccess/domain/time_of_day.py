"""Times of day as people type them, where a length of time is asked for."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from dbaccess.domain.errors import BadDuration

Clock = Callable[[], datetime]
"""Returns the time now in the zone of the person who types."""

HOW: Final = "Write 90m or 2h30m."

_MONTHS: Final = "jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec"
_WEEKDAY: Final = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b(?! s\b)"
_CLOCK: Final = (
    r"(?P<hour>\d{1,2})"
    r"(?:(?:[:.h](?P<minute>\d{2})|(?P<glued>\d{2}))? *(?P<half>[ap]\.?m\b\.?)?|h)(?![\w:/-]|\.\d)"
)
_UNTIL: Final = re.compile(rf"(?:un)?till? +(?:{_CLOCK}|(?P<name>noon|midnight)\b)")
_UNREAD_UNTIL: Final = re.compile(r"(?:un)?till? +\S+")
_BARE: Final = re.compile(
    r"(?:(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))? *(?P<half>[ap]\.?m\b\.?)?(?![\w/-]|[.:]\d)"
    r"|(?P<name>noon|midnight)\b)"
)
_MAY_BE_A_DAY: Final = re.compile(r"(?:un)?till? +\d{1,2} +\w")
"""`until 5 Dec`, `until 17 checking`: the number need not be an hour."""
_OTHER_CLOCK: Final = re.compile(
    r" *(?:\+\d|(?:utc|gmt|z|wes?t|ces?t|ees?t|msk|bst|ist|sgt|hkt|brt|sast|[ecmp][sd]?t|jst|kst|ae[sd]t"
    rf"|nz[sd]t|tomorrow|next|(?:on +)?{_WEEKDAY})\b(?!-)"
    # `Berlin time`, `Europe/Berlin`; not `my time`.
    r"|(?!(?:my|our|local|own|this|same|the|in|on|of|some|one|first|last) )[a-z]+ +time\b"
    r"|(?:africa|america|asia|atlantic|australia|etc|europe|indian|pacific|us)/\w"
    rf"|\d{{4}}-\d\d-\d\d|(?:on +)?(?:the +)?\d{{1,2}}(?:\.|st|nd|rd|th)? *(?:of +)?(?:{_MONTHS})"
    rf"|on +(?:the +)?\d|(?:on +)?(?:{_MONTHS})[a-z]* +\d)"
)
"""Behind a time of day: it is not the next such moment by the clock of the person."""

_MOMENT: Final = r"(?:\d{1,2}(?::\d\d| *[ap]\.?m\b)|noon\b|midnight\b|(?:tomorrow|tonight)\b(?! s\b))"
_BEGIN: Final = re.compile(
    rf" *,? *(?:from|starting|beginning|at|@|after|by)(?: +(?:at|from))? *(?:{_MOMENT}|\d{{1,2}}\.\d\d\b)"
    rf"| *,? +{_MOMENT}"
    rf"| *,? +(?:(?:starting|beginning|from|on|next|this) +)+"
    rf"(?:{_WEEKDAY}|(?:week|weekend|morning|afternoon|evening)\b)"
)
"""Behind a length: `2h from 17:00`, `2h tomorrow`. Read over, access would begin at once."""


def until_at(plain: str, start: int) -> re.Match[str] | None:
    """Return where `until 17:00` stands in a plain text."""
    return _UNTIL.match(plain, start)


def unread_until(plain: str, start: int) -> re.Match[str] | None:
    """Return `until` with the word behind it."""
    return _UNREAD_UNTIL.match(plain, start)


def start_at(plain: str, end: int) -> re.Match[str] | None:
    """Return where the start of a length that ends there is named."""
    return _BEGIN.match(plain, end)


def time_at(plain: str, start: int) -> re.Match[str] | None:
    """Return where a time of day stands: `17:00`, `5pm`, `noon`; a number alone is none."""
    found = _BARE.match(plain, start)
    return found if found and (found["minute"] or found["half"] or found["name"]) else None


def time_left(text: str, until: re.Match[str], clock: Clock) -> timedelta:
    """Return the time to the next such moment within twelve hours, in whole minutes.

    Raises `BadDuration` where the text may mean another moment.
    """
    _refuse_other_clock(text, until)
    bare = until["hour"] and not (until["minute"] or until["glued"] or until["half"])
    if bare and _MAY_BE_A_DAY.match(until.string, until.start()):
        raise BadDuration(f'"{until[0].strip()}" may be a day. Write until 17:00, or 2h30m.')
    hour, minute = _clock(until, until["glued"])
    return _next(clock(), hour, minute, said=until[0])


def time_to(found: re.Match[str], clock: Clock) -> timedelta | None:
    """Return the same for a time of day alone; None where it may be another moment, or is too far off."""
    if _OTHER_CLOCK.match(found.string, found.end()):
        return None
    try:
        return _next(clock(), *_clock(found), said=found[0])
    except BadDuration:
        return None


def as_length(found: re.Match[str]) -> timedelta | None:
    """Return the length that a time of day such as `1:30` may be meant for; None if it reads as none."""
    if found["name"] or found["half"] or not found["minute"]:
        return None
    hours, minutes = int(found["hour"]), int(found["minute"])
    is_one = 60 * hours + minutes > 0 and hours <= 12 and minutes < 60  # noqa: PLR2004 as on a clock's face
    return timedelta(hours=hours, minutes=minutes) if is_one else None


def _refuse_other_clock(text: str, until: re.Match[str]) -> None:
    """`until 17:00 UTC`, `until 17:00 tomorrow`: read over, the end would be another one."""
    if other := _OTHER_CLOCK.match(until.string, until.end()):
        said = text[until.start() : other.end()]
        raise BadDuration(
            f'"{said}" names a day or a time zone. Write until 17:00 in your own time, or 2h30m.'
        )


def _next(here: datetime, hour: int, minute: int, *, said: str) -> timedelta:
    try:
        end = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        raise BadDuration(f'"{said}" is no time of day. Write until 17:00.') from None
    if end <= here:
        end += timedelta(days=1)
    # By the clock of the world: a change of summer time may lie between.
    length = timedelta(seconds=int(end.timestamp() - here.timestamp()))
    if length > timedelta(hours=12):
        raise BadDuration(f"{end:%H:%M} is over today, or more than 12 h away. {HOW}")
    return max(timedelta(minutes=1), length - timedelta(seconds=length.seconds % 60))


def _clock(found: re.Match[str], glued: str | None = None) -> tuple[int, int]:
    """Hour and minute, which `replace` refuses where the day has no such time."""
    if found["name"]:
        return (12 if found["name"] == "noon" else 0), 0
    hour, minute, half = int(found["hour"]), int(found["minute"] or glued or 0), (found["half"] or "")[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if hour in range(1, 13) else -1
    return hour, minute
