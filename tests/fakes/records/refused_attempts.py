"""Counts of refused attempts."""

from dataclasses import replace
from datetime import datetime

from dbaccess.domain.limits import ALL_REFUSALS_AN_HOUR, REFUSALS_AN_HOUR
from dbaccess.domain.people import SlackId
from dbaccess.domain.refused_attempt import LeftOut
from tests.fakes.database import Transaction
from tests.fakes.tables import REFUSED_ATTEMPTS, Attempts


class MemoryRefusedAttempts:
    def __init__(self, transaction: Transaction, now: datetime) -> None:
        self._transaction = transaction
        self._hour = now.replace(minute=0, second=0, microsecond=0)

    def count(self, account: SlackId) -> bool:
        key = (self._hour, account)
        mine = self._transaction.lock(REFUSED_ATTEMPTS, key) or Attempts()
        rows = self._transaction.items(REFUSED_ATTEMPTS)
        total = sum(row.recorded for (hour, _), row in rows if hour == self._hour)
        is_taken = total < ALL_REFUSALS_AN_HOUR and mine.recorded < REFUSALS_AN_HOUR and not mine.left_out
        changed = {"recorded": mine.recorded + 1} if is_taken else {"left_out": mine.left_out + 1}
        self._transaction.put(REFUSED_ATTEMPTS, key, replace(mine, **changed))
        return is_taken

    def take_left_out(self) -> LeftOut | None:
        gone = [(key, row) for key, row in self._transaction.items(REFUSED_ATTEMPTS) if key[0] < self._hour]
        for key, _ in gone:
            self._transaction.delete(REFUSED_ATTEMPTS, key)
        left_out = [row.left_out for _, row in gone if row.left_out]
        return LeftOut(attempts=sum(left_out), accounts=len(left_out)) if left_out else None
