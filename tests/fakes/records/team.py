"""The workspace that the token of the workers belongs to."""

from dbaccess.domain.team import Team
from tests.fakes.database import Transaction
from tests.fakes.tables import ONLY, TEAM


class MemoryKnownTeam:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self) -> Team | None:
        return self._transaction.get(TEAM, ONLY)

    def put(self, team: Team) -> None:
        self._transaction.put(TEAM, ONLY, team)
