"""How far each witness has the checkpoints."""

from dbaccess.domain.witness import WitnessState
from tests.fakes.database import Transaction
from tests.fakes.tables import WITNESSES


class MemoryWitnesses:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def state(self, place: str) -> WitnessState:
        found = (state for state in self._transaction.rows(WITNESSES) if state.place == place)
        return next(found, WitnessState(place=place))

    def all(self) -> list[WitnessState]:
        return sorted(self._transaction.rows(WITNESSES), key=lambda state: state.place)

    def save(self, state: WitnessState) -> None:
        self._transaction.put(WITNESSES, state.place, state)
