"""The last canary of each target, one row each."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.coverage import Canary, CaptureLevel, Coverage
from dbaccess.storage.models.activity import CanaryRow as Row

_PLAIN = ("target", "cluster", "login", "marker", "sent_at")


class SqlCanaries:
    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, canary: Canary) -> None:
        coverage = canary.coverage
        values: dict[str, object] = {name: getattr(canary, name) for name in _PLAIN}
        values |= {"found": canary.found, "level": coverage.level}
        values |= {"checked_at": coverage.checked_at, "why": coverage.why, "logins": dict(canary.logins)}
        values["logged_since"] = {login: at.isoformat() for login, at in canary.logged_since.items()}
        row = insert(Row).values(values)
        self._session.execute(row.on_conflict_do_update(constraint="activity_canaries_pk", set_=values))

    def all(self) -> list[Canary]:
        return [_canary(row) for row in self._session.scalars(select(Row).order_by(Row.target))]

    def of(self, target: str) -> Canary | None:
        row = self._session.scalar(select(Row).where(Row.target == target))
        return None if row is None else _canary(row)

    def found(self, cluster: str, login: str, marker: str, level: CaptureLevel) -> None:
        sent = [Row.cluster == cluster, Row.login == login, Row.marker == marker]
        # FULL stays, whatever line of the same canary is read again.
        less = Row.found.is_distinct_from(CaptureLevel.FULL)
        self._session.execute(update(Row).where(*sent, less).values(found=level))

    def drop(self, targets: Collection[str]) -> None:
        self._session.execute(delete(Row).where(Row.target.in_(targets)))


def _canary(row: Row) -> Canary:
    return Canary(
        **{name: getattr(row, name) for name in _PLAIN},
        found=CaptureLevel(row.found) if row.found else None,
        coverage=Coverage(level=CaptureLevel(row.level), checked_at=row.checked_at, why=row.why),
        logins=row.logins,
        logged_since={login: datetime.fromisoformat(at) for login, at in row.logged_since.items()},
    )
