"""Standing access as the last readings found it."""

from dbaccess.domain.standing_access import FoundRole, Reading
from tests.fakes.database import Transaction
from tests.fakes.tables import STANDING_READINGS, STANDING_ROLES


class MemoryStandingRoles:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def lock(self, cluster: str) -> Reading:
        found = self._transaction.lock(STANDING_READINGS, cluster)
        if found is None:
            found = Reading(cluster=cluster)
            self._transaction.put(STANDING_READINGS, cluster, found)
        return found

    def save(self, reading: Reading) -> None:
        self._transaction.put(STANDING_READINGS, reading.cluster, reading)

    def readings(self) -> list[Reading]:
        return self._transaction.rows(STANDING_READINGS)

    def on(self, cluster: str) -> list[FoundRole]:
        found = [one for one in self._transaction.rows(STANDING_ROLES) if one.cluster == cluster]
        return sorted(found, key=lambda one: (one.standing.login, one.standing.role, *one.standing.key))

    def put(self, found: FoundRole) -> None:
        self._transaction.put(STANDING_ROLES, (found.cluster, *found.standing.key), found)

    def remove(self, found: FoundRole) -> None:
        self._transaction.delete(STANDING_ROLES, (found.cluster, *found.standing.key))

    def forget(self, cluster: str) -> None:
        self._transaction.delete(STANDING_READINGS, cluster)
