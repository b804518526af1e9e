"""How far two clocks are apart."""

from datetime import datetime, timedelta
from typing import Final

SKEW_ALLOWED: Final = timedelta(seconds=2)


def skew(before: datetime, said: datetime, after: datetime) -> timedelta:
    """Return how far the clock that `said` this is ahead of the one that was read `before` and `after`.

    The answer takes time: within it the clocks count as equal.
    """
    if said > after:
        return said - after
    return min(said - before, timedelta(0))
