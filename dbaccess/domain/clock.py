"""The difference between two clocks."""

from datetime import datetime, timedelta
from typing import Final

SKEW_ALLOWED: Final = timedelta(seconds=2)


def skew(before: datetime, said: datetime, after: datetime) -> timedelta:
    """Return how far the clock that `said` its time is ahead of ours, read `before` and `after`.

    The answer takes time; within that time the clocks count as equal.
    """
    if said > after:
        return said - after
    return min(said - before, timedelta(0))
