"""How people write and read a length of time."""

import re
from datetime import timedelta

from dbaccess.domain.errors import BadDuration

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_WORDS = {
    "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "min": "m", "mins": "m", "minute": "m", "minutes": "m",
    "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "day": "d", "days": "d",
}  # fmt: skip
_PART = re.compile(r"(\d{1,6})\s*([a-z]+)\s*")


def parse_duration(text: str) -> timedelta:
    """The length of time that `2h`, `90m`, `2h30m` or `2 hours` means; each unit once, largest first.

    Raises `BadDuration`, whose text says what to write instead.
    """
    asked = text.strip().lower()
    if re.fullmatch(r"[+-]?\d+([.,]\d+)?", asked):
        if not asked.isdigit() or int(asked) == 0:
            raise BadDuration(f'"{_shown(text)}" is not a length of time. Write 90m or 2h30m.')
        raise BadDuration(f'"{_shown(text)}" has no unit. Write 90m or 2h30m.')
    seconds, position, last = 0, 0, float("inf")
    while part := _PART.match(asked, position):
        unit = _UNITS.get(_WORDS.get(part[2], part[2]))
        if unit is None or unit >= last:
            break
        seconds, position, last = seconds + int(part[1]) * unit, part.end(), unit
    if position != len(asked) or not asked:
        raise BadDuration(f'"{_shown(text)}" is not a length of time. Write 90m or 2h30m.')
    if seconds == 0:
        raise BadDuration("0 is no time at all. Write 90m or 2h30m.")
    if seconds > 366 * 86400:
        raise BadDuration(f'"{_shown(text)}" is over a year. Write 90m or 2h30m.')
    return timedelta(seconds=seconds)


def format_duration(length: timedelta) -> str:
    """`2 h`, `30 min`, `2 h 30 min`, `1 d`, `20 s`: as people read it."""
    rest = int(length.total_seconds())
    parts = []
    for unit, name in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, rest = divmod(rest, unit)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts) or "0 s"


def write_duration(length: timedelta) -> str:
    """`2h30m`: as `parse_duration` reads it."""
    return format_duration(length).replace(" min", "m").replace(" ", "")


def _shown(text: str) -> str:
    return text.strip()[:40]
