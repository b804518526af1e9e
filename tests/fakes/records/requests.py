"""Decisions to be made, and made."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from dbaccess.domain.access_review import Asked, AskedKey
from dbaccess.domain.errors import AlreadyOpen, IllegalTransition, NotFound
from dbaccess.domain.grant import GrantId
from dbaccess.domain.lifecycle import BOTH, REQUEST_TRANSITIONS
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import EVERY, Identities, RecordFilter
from dbaccess.domain.request import Request, RequestId, RequestState
from dbaccess.domain.terms import RequestKind
from dbaccess.ports import LapseOrder, PendingFor, PendingPage
from tests.fakes.database import Transaction
from tests.fakes.records.record_filter import admits_request
from tests.fakes.tables import REQUESTS, REVIEWS

_FIRST = 1001


class MemoryRequests:
    def __init__(self, transaction: Transaction, writer: str, now: datetime) -> None:
        self._transaction = transaction
        self._writer = writer
        self._now = now

    def add(self, request: Request) -> Request:
        if request.state is not RequestState.PENDING:
            raise IllegalTransition("A request starts pending.")
        self._transaction.claim("requests", _asks(request))
        for other in self.pending_of([request.requester_slack_id]):
            if _asks(other) == _asks(request):
                raise AlreadyOpen(f"{other.label} for this is still open.")
        request_id = RequestId(self._transaction.next_id(REQUESTS, start=_FIRST))
        added = replace(request, id=request_id, decided_at=None, stale_why=None)
        self._transaction.put(REQUESTS, request_id, added)
        return added

    def get(self, request_id: RequestId) -> Request:
        return _found(self._transaction.get(REQUESTS, request_id), request_id)

    def lock(self, request_id: RequestId) -> Request:
        return _found(self._transaction.lock(REQUESTS, request_id), request_id)

    def save(self, request: Request) -> None:
        known = self.lock(request.id)
        saved = replace(
            known,
            state=request.state,
            decided_at=request.decided_at,
            stale_why=request.stale_why or known.stale_why,
        )
        if (saved.state, saved.decided_at) == (known.state, known.decided_at):
            return
        legal = {
            (before, after)
            for (before, _), (after, writer) in REQUEST_TRANSITIONS.items()
            if writer in {BOTH, self._writer}
        }
        if (known.state, saved.state) not in legal:
            raise IllegalTransition("The request is past that.")
        self._transaction.put(REQUESTS, request.id, saved)

    def due_to_lapse(
        self, now: datetime, *, limit: int, only: Collection[RequestId] | None = None
    ) -> list[Request]:
        def is_due(request: Request) -> bool:
            return _is_pending(request) and request.decide_by <= now

        due = self._where(lambda request: is_due(request) and (only is None or request.id in only))
        due.sort(key=lambda request: (request.decide_by, request.id))
        locked: list[Request] = []
        for request in due:
            if len(locked) < limit and self._transaction.try_lock(REQUESTS, request.id):
                locked += [found for found in [self.get(request.id)] if is_due(found)]
        return locked

    def pending_ids(self, *, after: RequestId, limit: int) -> list[RequestId]:
        waiting = self._where(_is_pending)
        return [request.id for request in waiting if request.id > after][:limit]

    def readable(self, request_ids: Collection[RequestId]) -> list[Request]:
        return self._where(lambda request: request.id in request_ids)

    def count_pending(self) -> int:
        return len(self._where(_is_pending))

    def pending_for(
        self, reviewer: PendingFor, now: datetime, *, after: LapseOrder | None = None, limit: int
    ) -> PendingPage:
        found = sorted(self._for(reviewer, now), key=_lapse_order)
        page = [one for one in found if after is None or _lapse_order(one) > after][:limit]
        return PendingPage(page, _lapse_order(page[-1]) if len(page) == limit else None)

    def count_pending_for(self, reviewer: PendingFor, now: datetime) -> int:
        return len(self._for(reviewer, now))

    def _for(self, reviewer: PendingFor, now: datetime) -> list[Request]:
        reviewed = {
            review.request_id
            for review in self._transaction.rows(REVIEWS)
            if review.reviewer == reviewer.person
        }

        def asks(request: Request) -> bool:
            return any(group in reviewer.groups for group, _ in request.terms.approvals)

        return [
            request
            for request in self._where(_is_pending)
            if asks(request)
            and request.decide_by > now
            and request.requester_slack_id not in reviewer.accounts
            and request.id not in reviewed
        ]

    def pending_of(self, accounts: Collection[SlackId]) -> list[Request]:
        return self._where(lambda request: _is_pending(request) and request.requester_slack_id in accounts)

    def asked_at(self, accounts: Collection[SlackId], *, back: int) -> datetime | None:
        until = self._now + timedelta(minutes=1)
        asked = sorted(
            request.submitted_at
            for request in self._transaction.rows(REQUESTS)
            if request.requester_slack_id in accounts and request.submitted_at < until
        )
        return asked[-back] if len(asked) >= back else None

    def about(self, grant_ids: Collection[GrantId]) -> list[RequestId]:
        return [request.id for request in self._where(lambda request: request.terms.of_grant in grant_ids)]

    def of_grant(self, grant_id: GrantId) -> list[Request]:
        return self._where(lambda request: request.terms.of_grant == grant_id)

    def recent(self, *, limit: int, only: RecordFilter = EVERY) -> list[Request]:
        return self._where(lambda request: admits_request(only, request))[::-1][:limit]

    def ids(self, *, limit: int, only: RecordFilter = EVERY) -> list[RequestId]:
        return [request.id for request in self.recent(limit=limit, only=only)]

    def asked_since(self, accounts: Collection[SlackId], *, since: datetime) -> dict[AskedKey, Asked]:
        found: dict[AskedKey, Asked] = {}
        for request in self._where(
            lambda one: (
                one.requester_slack_id in accounts
                and one.submitted_at >= since
                and one.terms.kind is RequestKind.ACCESS
            )
        ):
            key = (request.requester_slack_id, request.terms.target, request.terms.role)
            before = found.get(key, Asked())
            found[key] = Asked(
                times=before.times + 1,
                approved=before.approved + (request.state is RequestState.APPROVED),
                last_at=max(before.last_at or request.submitted_at, request.submitted_at),
            )
        return found

    def requesters(self, who: Identities) -> set[tuple[PersonId, SlackId]]:
        found = self._where(lambda request: who.has(request.requester, request.requester_slack_id))
        return {(request.requester, request.requester_slack_id) for request in found}

    def _where(self, wanted: Callable[[Request], bool]) -> list[Request]:
        return [request for request in self._transaction.rows(REQUESTS) if wanted(request)]


def _is_pending(request: Request) -> bool:
    return request.state is RequestState.PENDING


def _asks(request: Request) -> tuple[str, ...]:
    terms = request.terms
    return (request.requester_slack_id, terms.target, terms.role, terms.kind)


def _found(request: Request | None, request_id: RequestId) -> Request:
    if request is None:
        raise NotFound(f"There is no request R-{request_id}.")
    return request


def _lapse_order(request: Request) -> LapseOrder:
    return LapseOrder(request.decide_by, request.id)
