"""Findings of the last look at each cluster."""

from dbaccess.domain.observation import Observation
from tests.fakes.database import Transaction
from tests.fakes.tables import OBSERVATIONS


class MemoryObservations:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def all(self) -> list[Observation]:
        return self._transaction.rows(OBSERVATIONS)

    def lock(self, first: Observation) -> Observation:
        found = self._transaction.lock(OBSERVATIONS, first.cluster)
        if found is None:
            self._transaction.put(OBSERVATIONS, first.cluster, first)
        return found or first

    def save(self, observation: Observation) -> None:
        if self._transaction.lock(OBSERVATIONS, observation.cluster) is not None:
            self._transaction.put(OBSERVATIONS, observation.cluster, observation)
