"""The minutes of a local week, to compare hours."""

from datetime import time
from functools import cache

from dbaccess.domain.hours import DAYS, Hours

_DAY = 24 * 60
WHOLE_WEEK = frozenset(range(len(DAYS) * _DAY))


@cache
def minutes_of(hours: Hours) -> frozenset[int]:
    """Return the minutes within, counted from Monday 00:00 in the zone of the hours."""
    start, end = _minute(hours.start), _minute(hours.end)
    length = end - start if end > start else end - start + _DAY
    return frozenset(
        (day * _DAY + minute) % len(WHOLE_WEEK)
        for day in hours.days
        for minute in range(start, start + length)
    )


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
