"""Decisions to be made, and made."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from dbaccess.domain.break_glass import review_owed
from dbaccess.domain.errors import AlreadyOpen, IllegalTransition, NotFound, Refused
from dbaccess.domain.grant import GrantId
from dbaccess.domain.lifecycle import BOTH, REQUEST_TRANSITIONS
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.request import Request, RequestId, RequestState
from dbaccess.domain.terms import RequestKind
from dbaccess.ports import Pending
from tests.fakes.database import Transaction
from tests.fakes.tables import MESSAGES, REQUESTS

_FIRST = 1001


class MemoryRequests:
    def __init__(self, transaction: Transaction, writer: str, now: datetime) -> None:
        self._transaction = transaction
        self._writer = writer
        self._now = now

    def add(self, request: Request) -> Request:
        if request.state is not RequestState.PENDING:
            raise IllegalTransition("A request starts pending.")
        for key in _unique(request):
            self._transaction.claim("requests", key)
        others = [
            other for other in self._transaction.rows(REQUESTS) if set(_unique(other)) & set(_unique(request))
        ]
        if any(_stands_against(other, request) for other in others):
            raise self._refusal(request)
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
            return _is_pending(request) and request.decide_by <= now and not _is_debt(request)

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

    def count_pending(self, now: datetime) -> Pending:
        pending = self._where(_is_pending)
        debts = [request for request in pending if _is_debt(request)]
        overdue = sum(request.decide_by <= now for request in debts)
        return Pending(requests=len(pending) - len(debts), reviews=len(debts), overdue_reviews=overdue)

    def pending_for(self, groups: Collection[str]) -> list[Request]:
        def asks(request: Request) -> bool:
            return any(group in groups for group, _ in request.terms.approvals)

        return self._where(lambda request: _is_pending(request) and asks(request))

    def pending_of(self, accounts: Collection[SlackId]) -> list[Request]:
        return self._where(lambda request: _is_pending(request) and request.requester_slack_id in accounts)

    def asked_at(self, accounts: Collection[SlackId], *, back: int) -> datetime | None:
        until = self._now + timedelta(minutes=1)
        asked = sorted(
            request.submitted_at
            for request in self._where(lambda request: not _is_debt(request))
            if request.requester_slack_id in accounts and request.submitted_at < until
        )
        return asked[-back] if len(asked) >= back else None

    def about(self, grant_ids: Collection[GrantId]) -> list[RequestId]:
        return [request.id for request in self._where(lambda request: request.terms.of_grant in grant_ids)]

    def of_grant(self, grant_id: GrantId) -> list[Request]:
        return self._where(lambda request: request.terms.of_grant == grant_id)

    def debts(self) -> list[Request]:
        return self._where(lambda request: _is_pending(request) and _is_debt(request))

    def debts_of(self, name: PersonId, accounts: Collection[SlackId]) -> list[Request]:
        return [
            debt for debt in self.debts() if debt.requester == name or debt.requester_slack_id in accounts
        ]

    def overdue_debts(self, now: datetime, *, limit: int) -> list[RequestId]:
        overdue = [debt.id for debt in self.debts() if debt.decide_by <= now]
        return self._untold(overdue, MessageKind.THREAD_OVERDUE)[:limit]

    def judged_untold(self, *, limit: int) -> list[RequestId]:
        judged = self._where(lambda request: _is_debt(request) and not _is_pending(request))
        return self._untold([request.id for request in judged], MessageKind.THREAD_REVIEWED)[:limit]

    def recent(self, *, limit: int, state: str | None = None, kind: str | None = None) -> list[Request]:
        found = self._where(
            lambda request: state in {None, request.state} and kind in {None, request.terms.kind}
        )
        return found[::-1][:limit]

    def _where(self, wanted: Callable[[Request], bool]) -> list[Request]:
        return [request for request in self._transaction.rows(REQUESTS) if wanted(request)]

    def _untold(self, request_ids: list[RequestId], kind: MessageKind) -> list[RequestId]:
        messages = self._transaction.rows(MESSAGES)
        told = {message.request_id for message in messages if message.kind is kind}
        return [request_id for request_id in request_ids if request_id not in told]

    def _refusal(self, request: Request) -> Refused:
        """Which pending one lets no second one be."""
        if _is_debt(request):
            owed = self.debts_of(request.requester, [request.requester_slack_id])
            if owed:
                return review_owed(owed[0])
        for other in self.pending_of([request.requester_slack_id]):
            if _asks(other) == _asks(request):
                return AlreadyOpen(f"{other.label} for this is still open.")
        return AlreadyOpen("A request for this was open until just now.")


def _is_pending(request: Request) -> bool:
    return request.state is RequestState.PENDING


def _is_debt(request: Request) -> bool:
    return request.terms.kind is RequestKind.BREAK_GLASS_REVIEW


def _asks(request: Request) -> tuple[str, ...]:
    terms = request.terms
    return (request.requester_slack_id, terms.target, terms.role, terms.kind)


def _unique(request: Request) -> list[tuple[object, ...]]:
    """The keys of the unique indexes that the request is in."""
    if not _is_debt(request):
        return [_asks(request)]
    owed = ("owes", request.requester), ("owes from", request.requester_slack_id)
    return [_asks(request), *owed, ("reviews", request.terms.of_grant)]


def _stands_against(other: Request, request: Request) -> bool:
    same_grant = _is_debt(other) and other.terms.of_grant == request.terms.of_grant
    return _is_pending(other) or same_grant


def _found(request: Request | None, request_id: RequestId) -> Request:
    if request is None:
        raise NotFound(f"There is no request R-{request_id}.")
    return request
