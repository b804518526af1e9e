"""Clocks that differ from the control database's, and by how much."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.storage.models.clock_skews import ClockSkewRow as Row


class SqlClockSkews:
    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, place: str, seconds: float, *, at: datetime) -> datetime:
        measured = {"seconds": seconds, "measured_at": at}
        row = insert(Row).values(place=place, since=at, **measured)
        changed = row.on_conflict_do_update(constraint="clock_skews_pk", set_=measured)
        return self._session.execute(changed.returning(Row.since)).scalar_one()

    def clear(self, place: str) -> bool:
        cleared = delete(Row).where(Row.place == place).returning(Row.place)
        return self._session.scalar(cleared) is not None

    def largest(self, *, since: datetime) -> float:
        measured = self._session.scalars(select(Row.seconds).where(Row.measured_at >= since))
        return max(map(abs, measured), default=0.0)
