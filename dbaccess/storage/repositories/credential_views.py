"""Modals that wait for a password, and their outcomes."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from dbaccess.domain.credential_view import CredentialState, CredentialView, CredentialViewId
from dbaccess.domain.errors import NotFound
from dbaccess.domain.grant import GrantId
from dbaccess.domain.people import SlackId
from dbaccess.storage.models.grants import CredentialViewRow as Row


class SqlCredentialViews:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, view: CredentialView) -> CredentialView:
        fields = {name: getattr(view, name) for name in CredentialView.__slots__ if name != "id"}
        view_id = self._session.execute(insert(Row).values(fields).returning(Row.id)).scalar_one()
        return replace(view, id=CredentialViewId(view_id))

    def lock(self, view_id: CredentialViewId) -> CredentialView:
        row = self._session.scalar(
            select(Row).where(Row.id == view_id).with_for_update(),
            execution_options={"populate_existing": True},
        )
        if row is None:
            raise NotFound("There is no such credential view.")
        return _view(row)

    def save(self, view: CredentialView) -> None:
        values = {"state": view.state, "started_at": view.started_at, "shown_at": view.shown_at}
        changed = or_(*[getattr(Row, name).is_distinct_from(value) for name, value in values.items()])
        self._session.execute(update(Row).where(Row.id == view.id, changed).values(values))

    def shown_before(self, grant_id: GrantId) -> datetime | None:
        return self._session.scalar(select(func.max(Row.shown_at)).where(Row.grant_id == grant_id))

    def asked_since(self, grant_id: GrantId, since: datetime) -> int:
        # A view that a compromised bot dated far ahead would count for as long as the grant lasts.
        until = func.now() + timedelta(minutes=1)
        asked = select(func.count()).where(
            Row.grant_id == grant_id, Row.requested_at >= since, Row.requested_at < until
        )
        return self._session.scalar(asked) or 0

    def taken_up_after(self, view: CredentialView) -> list[CredentialView]:
        later = select(Row).where(Row.grant_id == view.grant_id, Row.id > view.id)
        later = later.where(Row.started_at.is_not(None)).order_by(Row.id.desc())
        return [_view(row) for row in self._session.scalars(later)]

    def earlier(self, view: CredentialView, *, limit: int) -> list[CredentialView]:
        before = select(Row).where(Row.grant_id == view.grant_id, Row.id < view.id)
        return [_view(row) for row in self._session.scalars(before.order_by(Row.id.desc()).limit(limit))]

    def waiting(self, since: datetime, *, started_before: datetime, limit: int) -> list[CredentialViewId]:
        stuck = (Row.state == CredentialState.STARTED) & (Row.started_at <= started_before)
        waits = (Row.state == CredentialState.REQUESTED) | stuck
        waiting = select(Row.id).where(waits, Row.requested_at >= since).order_by(Row.id).limit(limit)
        return [CredentialViewId(view_id) for view_id in self._session.scalars(waiting)]


def _view(row: Row) -> CredentialView:
    return CredentialView(
        id=CredentialViewId(row.id),
        grant_id=GrantId(row.grant_id),
        slack_id=SlackId(row.slack_id),
        view_id=row.view_id,
        state=CredentialState(row.state),
        requested_at=row.requested_at,
        started_at=row.started_at,
        shown_at=row.shown_at,
    )
