"""How far the logs of each cluster were read, and what was lost of them."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.coverage import Gap, GapCause, LogPosition
from dbaccess.storage.models.activity import GapRow
from dbaccess.storage.models.activity import LogPositionRow as Row


class SqlLogPositions:
    def __init__(self, session: Session) -> None:
        self._session = session

    def lock(self, cluster: str) -> LogPosition | None:
        row = self._session.scalar(select(Row).where(Row.cluster == cluster).with_for_update())
        return None if row is None else _position(row)

    def save(self, position: LogPosition) -> None:
        values = {name: getattr(position, name) for name in LogPosition.__slots__}
        row = insert(Row).values(values)
        self._session.execute(row.on_conflict_do_update(constraint="activity_positions_pk", set_=values))

    def all(self) -> list[LogPosition]:
        return [_position(row) for row in self._session.scalars(select(Row).order_by(Row.cluster))]

    def caught_up_at(self, cluster: str) -> datetime | None:
        return self._session.scalar(select(Row.caught_up_at).where(Row.cluster == cluster))

    def add_gap(self, gap: Gap) -> None:
        values = {name: getattr(gap, name) for name in Gap.__slots__}
        row = insert(GapRow).values(values)
        later = {"until": row.excluded.until, "why": row.excluded.why}
        self._session.execute(row.on_conflict_do_update(constraint="activity_gaps_once", set_=later))

    def open_gaps(self, cluster: str) -> list[Gap]:
        found = select(GapRow).where(GapRow.cluster == cluster, GapRow.until.is_(None))
        return [gap_of(row) for row in self._session.scalars(found.order_by(GapRow.began_at, GapRow.id))]

    def gaps(self, cluster: str, cause: GapCause) -> list[Gap]:
        lasts = or_(GapRow.until.is_(None), GapRow.until > GapRow.began_at)
        found = select(GapRow).where(GapRow.cluster == cluster, GapRow.cause == cause.value, lasts)
        return [gap_of(row) for row in self._session.scalars(found.order_by(GapRow.began_at, GapRow.id))]


def gap_of(row: GapRow) -> Gap:
    return Gap(
        cluster=row.cluster,
        cause=GapCause(row.cause),
        began_at=row.began_at,
        until=row.until,
        target=row.target,
        why=row.why,
    )


def _position(row: Row) -> LogPosition:
    return LogPosition(**{name: getattr(row, name) for name in LogPosition.__slots__})
