"""How far the logs of each cluster were read, and what was lost of them."""

from datetime import datetime

from dbaccess.domain.coverage import Gap, GapCause, LogPosition
from tests.fakes.database import Transaction
from tests.fakes.tables import GAPS, LOG_POSITIONS


class MemoryLogPositions:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def lock(self, cluster: str) -> LogPosition | None:
        return self._transaction.lock(LOG_POSITIONS, cluster)

    def save(self, position: LogPosition) -> None:
        self._transaction.put(LOG_POSITIONS, position.cluster, position)

    def all(self) -> list[LogPosition]:
        return self._transaction.rows(LOG_POSITIONS)

    def caught_up_at(self, cluster: str) -> datetime | None:
        known = self._transaction.get(LOG_POSITIONS, cluster)
        return known.caught_up_at if known else None

    def add_gap(self, gap: Gap) -> None:
        key = gap.cluster, gap.target or "", gap.cause.value, gap.began_at
        self._transaction.lock(GAPS, key)
        self._transaction.put(GAPS, key, gap)

    def open_gaps(self, cluster: str) -> list[Gap]:
        found = [gap for gap in self._transaction.rows(GAPS) if gap.cluster == cluster and gap.until is None]
        return sorted(found, key=lambda gap: gap.began_at)

    def gaps(self, cluster: str, cause: GapCause) -> list[Gap]:
        found = [
            gap
            for gap in self._transaction.rows(GAPS)
            if (gap.cluster, gap.cause) == (cluster, cause)
            and (gap.until is None or gap.until > gap.began_at)
        ]
        return sorted(found, key=lambda gap: gap.began_at)
