"""The pinned names that Slack uses otherwise now."""

from collections.abc import Iterable
from datetime import datetime

from tests.fakes.database import Transaction
from tests.fakes.tables import CHANGED_NAMES, ChangedName


class MemoryChangedNames:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, name: str, what: str, *, at: datetime) -> datetime:
        known = self._transaction.lock(CHANGED_NAMES, name)
        since = known.since if known is not None and known.what == what else at
        self._transaction.put(CHANGED_NAMES, name, ChangedName(what=what, since=since))
        return since

    def keep(self, names: Iterable[str]) -> None:
        kept = set(names)
        for name, _ in self._transaction.items(CHANGED_NAMES):
            if name not in kept:
                self._transaction.delete(CHANGED_NAMES, name)

    def count(self) -> int:
        return len(self._transaction.rows(CHANGED_NAMES))
