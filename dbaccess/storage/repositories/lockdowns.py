"""Lockdowns, and how far their grants have ended."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.errors import AlreadyOpen, NotFound
from dbaccess.domain.grant import GrantState
from dbaccess.domain.lockdown import Lockdown, LockdownId, Progress
from dbaccess.domain.notice import NoticeKind
from dbaccess.storage.models.grants import GrantRow
from dbaccess.storage.models.lockdowns import LockdownRow as Row
from dbaccess.storage.models.messages import NoticeRow
from dbaccess.storage.repositories.grant_row import IS_OPEN

_DECLARED = ("target", "reason", "declared_by", "declared_slack_id")
_LIFTED = ("lifted_by", "lifted_slack_id", "lift_reason")


_IS_DECLARED = Row.lifted_at.is_(None)
_MATTERS = or_(_IS_DECLARED, Row.enforced_at.is_(None))
_OPEN = select(GrantRow.target).where(IS_OPEN)
_HELD = select(GrantRow.target).where(GrantRow.state.in_([GrantState.PROVISIONING, GrantState.ACTIVE]))
# Each list is read once, for any number of lockdowns.
_SENDS_OUT = or_(and_(Row.target.is_(None), exists(_HELD)), Row.target.in_(_HELD))


class SqlLockdowns:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, lockdown: Lockdown) -> Lockdown:
        values = {name: getattr(lockdown, name) for name in _DECLARED}
        added = self._session.scalar(insert(Row).values(values).on_conflict_do_nothing().returning(Row.id))
        if added is None:
            raise AlreadyOpen(f"{lockdown.label} is in lockdown already.")
        return self.get(LockdownId(added))

    def get(self, lockdown_id: LockdownId) -> Lockdown:
        return self._one(select(Row).where(Row.id == lockdown_id))

    def lock(self, lockdown_id: LockdownId) -> Lockdown:
        return self._one(select(Row).where(Row.id == lockdown_id).with_for_update())

    def lift(self, lockdown: Lockdown) -> None:
        values = {name: getattr(lockdown, name) for name in _LIFTED}
        self._session.execute(update(Row).where(Row.id == lockdown.id).values(values))

    def open(self) -> list[Lockdown]:
        return self._all(select(Row).where(Row.lifted_at.is_(None)).order_by(Row.id))

    def covering(self, target: str) -> list[Lockdown]:
        covers = or_(Row.target.is_(None), Row.target == target)
        return self._all(select(Row).where(_IS_DECLARED, covers).order_by(Row.id))

    def to_enforce(self, *, limit: int) -> list[Lockdown]:
        wanted = select(Row).where(_MATTERS, or_(Row.enforced_at.is_(None), _SENDS_OUT))
        return self._all(wanted.order_by(~_SENDS_OUT, ~_IS_DECLARED, Row.id).limit(limit))

    def enforced(self, lockdown_id: LockdownId, *, at: datetime) -> None:
        self._session.execute(update(Row).where(Row.id == lockdown_id).values(enforced_at=at))

    def untold(self, *, targets: Collection[str], limit: int) -> list[Lockdown]:
        return self._all(_untold(NoticeKind.LOCKDOWN, targets).where(_MATTERS).limit(limit))

    def untold_lifts(self, *, since: datetime, targets: Collection[str], limit: int) -> list[Lockdown]:
        lifted = _untold(NoticeKind.LOCKDOWN_LIFTED, targets).where(Row.lifted_at >= since)
        return self._all(lifted.limit(limit))

    def recent(self, *, limit: int) -> list[Lockdown]:
        return self._all(select(Row).order_by(Row.id.desc()).limit(limit))

    def progress(self, lockdown: Lockdown) -> Progress:
        then = and_(GrantRow.created_at <= lockdown.declared_at, _on(lockdown.target))
        held = GrantRow.state.in_([GrantState.PROVISIONING, GrantState.ACTIVE])
        # A count for each index: open, ended since, written off since.
        still = select(func.count(), func.count().filter(held)).where(IS_OPEN, then)
        gone = select(func.count(), func.max(GrantRow.ended_at)).where(
            GrantRow.state == GrantState.ENDED, GrantRow.ended_at >= lockdown.declared_at, then
        )
        lost = select(func.count()).where(
            GrantRow.state == GrantState.WRITTEN_OFF, GrantRow.written_off_at >= lockdown.declared_at, then
        )
        is_open, is_held = self._session.execute(still).one()
        ended, last = self._session.execute(gone).one()
        lost_now = self._session.execute(lost).scalar_one()
        return Progress(
            total=is_open + ended + lost_now, held=is_held, ended=ended, written_off=lost_now, ended_at=last
        )

    def count_open(self, target: str | None) -> int:
        rows = select(func.count()).select_from(GrantRow).where(IS_OPEN, _on(target))
        return self._session.execute(rows).scalar_one()

    def _one(self, rows: Select[Row]) -> Lockdown:
        found = self._all(rows)
        if not found:
            raise NotFound("There is no such lockdown.")
        return found[0]

    def _all(self, rows: Select[Row]) -> list[Lockdown]:
        found = self._session.scalars(rows, execution_options={"populate_existing": True})
        return [_lockdown(row) for row in found]


def _untold(kind: NoticeKind, targets: Collection[str]) -> Select[Row]:
    told = exists().where(NoticeRow.key == func.concat(f"{kind.value}:", Row.id))
    stops = or_(Row.target.is_(None), Row.target.in_(targets), Row.target.in_(_OPEN))
    return select(Row).where(~told, stops).order_by(Row.id.desc())


def _on(target: str | None) -> ColumnElement[bool]:
    return true() if target is None else GrantRow.target == target


def _lockdown(row: Row) -> Lockdown:
    return Lockdown(**{name: getattr(row, name) for name in Lockdown.__slots__})
