"""The last canary of each target."""

from collections.abc import Collection
from dataclasses import replace

from dbaccess.domain.coverage import Canary, CaptureLevel
from tests.fakes.database import Transaction
from tests.fakes.tables import CANARIES


class MemoryCanaries:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, canary: Canary) -> None:
        self._transaction.put(CANARIES, canary.target, canary)

    def all(self) -> list[Canary]:
        return self._transaction.rows(CANARIES)

    def of(self, target: str) -> Canary | None:
        return self._transaction.get(CANARIES, target)

    def found(self, cluster: str, login: str, marker: str, level: CaptureLevel) -> None:
        for canary in self.all():
            is_it = (canary.cluster, canary.login, canary.marker) == (cluster, login, marker)
            if is_it and canary.found is not CaptureLevel.FULL:
                self.put(replace(canary, found=level))

    def drop(self, targets: Collection[str]) -> None:
        for target in targets:
            self._transaction.delete(CANARIES, target)
