"""Clocks that differ from the control database's."""

from datetime import datetime

from tests.fakes.database import Transaction
from tests.fakes.tables import CLOCK_SKEWS, ClockSkew


class MemoryClockSkews:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, place: str, seconds: float, *, at: datetime) -> datetime:
        known = self._transaction.lock(CLOCK_SKEWS, place)
        since = known.since if known else at
        skew = ClockSkew(seconds=seconds, since=since, measured_at=at)
        self._transaction.put(CLOCK_SKEWS, place, skew)
        return since

    def clear(self, place: str) -> bool:
        if self._transaction.lock(CLOCK_SKEWS, place) is None:
            return False
        self._transaction.delete(CLOCK_SKEWS, place)
        return True

    def largest(self, *, since: datetime) -> float:
        skews = self._transaction.rows(CLOCK_SKEWS)
        return max((abs(skew.seconds) for skew in skews if skew.measured_at >= since), default=0.0)
