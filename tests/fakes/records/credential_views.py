"""Modals that wait for a password."""

from dataclasses import replace
from datetime import datetime, timedelta

from dbaccess.domain.credential_view import CredentialState, CredentialView, CredentialViewId
from dbaccess.domain.errors import IllegalTransition, NotFound
from dbaccess.domain.grant import GrantId
from tests.fakes.database import Transaction
from tests.fakes.tables import CREDENTIAL_VIEWS

_REQUESTED, _STARTED = CredentialState.REQUESTED, CredentialState.STARTED
_SHOWN, _FAILED = CredentialState.SHOWN, CredentialState.FAILED
_LEGAL = {(_REQUESTED, _STARTED), (_REQUESTED, _FAILED), (_STARTED, _SHOWN), (_STARTED, _FAILED)}


class MemoryCredentialViews:
    def __init__(self, transaction: Transaction, now: datetime) -> None:
        self._transaction = transaction
        self._now = now

    def add(self, view: CredentialView) -> CredentialView:
        if view.state is not _REQUESTED or view.started_at is not None or view.shown_at is not None:
            raise IllegalTransition("A view starts requested.")
        added = replace(view, id=CredentialViewId(self._transaction.next_id(CREDENTIAL_VIEWS)))
        self._transaction.put(CREDENTIAL_VIEWS, added.id, added)
        return added

    def lock(self, view_id: CredentialViewId) -> CredentialView:
        found = self._transaction.lock(CREDENTIAL_VIEWS, view_id)
        if found is None:
            raise NotFound("There is no such credential view.")
        return found

    def save(self, view: CredentialView) -> None:
        known = self.lock(view.id)
        saved = replace(known, state=view.state, started_at=view.started_at, shown_at=view.shown_at)
        if saved == known:
            return
        if (known.state, saved.state) not in _LEGAL:
            raise IllegalTransition("The view is past that.")
        self._transaction.put(CREDENTIAL_VIEWS, view.id, saved)

    def shown_before(self, grant_id: GrantId) -> datetime | None:
        return max((view.shown_at for view in self._of(grant_id) if view.shown_at is not None), default=None)

    def asked_since(self, grant_id: GrantId, since: datetime) -> int:
        until = self._now + timedelta(minutes=1)
        return sum(since <= view.requested_at < until for view in self._of(grant_id))

    def taken_up_after(self, view: CredentialView) -> list[CredentialView]:
        theirs = self._of(view.grant_id)
        return [one for one in theirs if one.id > view.id and one.started_at is not None][::-1]

    def earlier(self, view: CredentialView, *, limit: int) -> list[CredentialView]:
        return [one for one in self._of(view.grant_id) if one.id < view.id][::-1][:limit]

    def waiting(self, since: datetime, *, started_before: datetime, limit: int) -> list[CredentialViewId]:
        def waits(view: CredentialView) -> bool:
            stuck = view.started_at is not None and view.started_at <= started_before
            return view.state is _REQUESTED or (view.state is _STARTED and stuck)

        views = self._transaction.rows(CREDENTIAL_VIEWS)
        return [view.id for view in views if view.requested_at >= since and waits(view)][:limit]

    def _of(self, grant_id: GrantId) -> list[CredentialView]:
        return [view for view in self._transaction.rows(CREDENTIAL_VIEWS) if view.grant_id == grant_id]
