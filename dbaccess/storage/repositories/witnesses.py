"""How far each witness has the checkpoints."""

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.witness import WitnessState
from dbaccess.storage.models.checkpoints import WitnessRow as Row

_COLUMNS = (Row.place, Row.seq, Row.stored_at, Row.failing_since, Row.failure)


class SqlWitnesses:
    def __init__(self, session: Session) -> None:
        self._session = session

    def state(self, place: str) -> WitnessState:
        row = self._session.execute(select(*_COLUMNS).where(Row.place == place)).mappings().first()
        return WitnessState(**row) if row is not None else WitnessState(place=place)

    def all(self) -> list[WitnessState]:
        rows = self._session.execute(select(*_COLUMNS).order_by(Row.place)).mappings()
        return [WitnessState(**row) for row in rows]

    def save(self, state: WitnessState) -> None:
        row = insert(Row).values(**asdict(state))
        changed = {name: row.excluded[name] for name in ("seq", "stored_at", "failing_since", "failure")}
        self._session.execute(row.on_conflict_do_update(constraint="ledger_witnesses_pk", set_=changed))
