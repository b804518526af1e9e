"""Requests, pending and decided."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Select, TextClause, exists, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.access_review import Asked, AskedKey
from dbaccess.domain.errors import AlreadyOpen, NotFound
from dbaccess.domain.grant import GrantId
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import EVERY, Identities, RecordFilter
from dbaccess.domain.request import Request, RequestId, RequestState, StaleWhy
from dbaccess.domain.terms import Terms
from dbaccess.ports import LapseOrder, PendingFor, PendingPage
from dbaccess.storage.models.requests import RequestRow as Row
from dbaccess.storage.models.requests import ReviewRow
from dbaccess.storage.repositories.id_filter import among
from dbaccess.storage.repositories.record_filter import of_requests

_log = structlog.get_logger(__name__)
_PENDING = Row.state == RequestState.PENDING
_ASKS = text("""exists (
    select from jsonb_array_elements(requests.terms -> 'approvals') slot where slot ->> 0 = any(:groups)
)""")

_ASKED_AT = text("""
select submitted_at from requests
 where requester_slack_id = any(:accounts)
   -- One that a compromised bot dated far ahead would keep these accounts waiting until then.
   and submitted_at < now() + interval '1 minute'
 order by submitted_at desc limit 1 offset :skipped""")

_ASKED_SINCE = text("""
select requester_slack_id, target, role, count(*), count(*) filter (where state = 'approved'),
       max(submitted_at)
  from requests
 where requester_slack_id = any(:accounts) and submitted_at >= :since and kind = 'access'
 group by 1, 2, 3""")


class SqlRequests:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, request: Request) -> Request:
        row = insert(Row).values(
            requester_slack_id=request.requester_slack_id,
            terms=request.terms.as_json(),
            fingerprint=request.fingerprint,
            policy_hash=request.policy_hash,
            state=request.state,
            submitted_at=request.submitted_at,
            decide_by=request.decide_by,
        )
        added = self._session.scalar(row.on_conflict_do_nothing().returning(Row))
        if added is None:
            raise self._refusal(request)
        return request_of(added)

    def get(self, request_id: RequestId) -> Request:
        return self._one(select(Row).where(Row.id == request_id), request_id)

    def lock(self, request_id: RequestId) -> Request:
        return self._one(select(Row).where(Row.id == request_id).with_for_update(), request_id)

    def save(self, request: Request) -> None:
        """Store the state, the time of the decision, and why it is stale; the rest never changes."""
        changed = Row.state.is_distinct_from(request.state) | Row.decided_at.is_distinct_from(
            request.decided_at
        )
        values: dict[str, Any] = {"state": request.state, "decided_at": request.decided_at}
        if request.stale_why is not None:
            values["stale_why"] = request.stale_why
        self._session.execute(update(Row).where(Row.id == request.id, changed).values(values))

    def due_to_lapse(
        self, now: datetime, *, limit: int, only: Collection[RequestId] | None = None
    ) -> list[Request]:
        due = select(Row).where(_PENDING, Row.decide_by <= now).order_by(Row.decide_by, Row.id)
        due = due if only is None else due.where(among(Row.id, only))
        return self._readable(due.limit(limit).with_for_update(skip_locked=True))

    def pending_ids(self, *, after: RequestId, limit: int) -> list[RequestId]:
        return self._ids(select(Row.id).where(_PENDING, Row.id > after).order_by(Row.id).limit(limit))

    def readable(self, request_ids: Collection[RequestId]) -> list[Request]:
        return self._readable(select(Row).where(among(Row.id, request_ids)).order_by(Row.id))

    def count_pending(self) -> int:
        return self._session.execute(select(func.count()).where(_PENDING)).scalar_one()

    def pending_for(
        self, reviewer: PendingFor, now: datetime, *, after: LapseOrder | None = None, limit: int
    ) -> PendingPage:
        if not reviewer.groups:
            return PendingPage([], None)
        rows = select(Row).where(*_for(reviewer, now)).order_by(Row.decide_by, Row.id).limit(limit)
        if after is not None:
            rows = rows.where(tuple_(Row.decide_by, Row.id) > tuple_(after.decide_by, after.request_id))
        found = self._session.scalars(rows, execution_options={"populate_existing": True}).all()
        readable = [request for row in found if (request := readable_request(row)) is not None]
        if len(found) < limit:
            return PendingPage(readable, None)
        return PendingPage(readable, LapseOrder(found[-1].decide_by, RequestId(found[-1].id)))

    def count_pending_for(self, reviewer: PendingFor, now: datetime) -> int:
        if not reviewer.groups:
            return 0
        return self._session.execute(select(func.count(Row.id)).where(*_for(reviewer, now))).scalar_one()

    def pending_of(self, accounts: Collection[SlackId]) -> list[Request]:
        asked = select(Row).where(_PENDING, Row.requester_slack_id.in_(accounts))
        return self._readable(asked.order_by(Row.id))

    def asked_at(self, accounts: Collection[SlackId], *, back: int) -> datetime | None:
        values = {"accounts": list(accounts), "skipped": back - 1}
        return self._session.execute(_ASKED_AT, values).scalar_one_or_none()

    def about(self, grant_ids: Collection[GrantId]) -> list[RequestId]:
        return self._ids(select(Row.id).where(among(Row.of_grant, grant_ids)).order_by(Row.id))

    def of_grant(self, grant_id: GrantId) -> list[Request]:
        return self._readable(select(Row).where(Row.of_grant == grant_id).order_by(Row.id))

    def recent(self, *, limit: int, only: RecordFilter = EVERY) -> list[Request]:
        found = select(Row).where(*of_requests(only))
        return self._readable(found.order_by(Row.id.desc()).limit(limit))

    def ids(self, *, limit: int, only: RecordFilter = EVERY) -> list[RequestId]:
        return self._ids(select(Row.id).where(*of_requests(only)).order_by(Row.id.desc()).limit(limit))

    def asked_since(self, accounts: Collection[SlackId], *, since: datetime) -> dict[AskedKey, Asked]:
        found = self._session.execute(_ASKED_SINCE, {"accounts": sorted(accounts), "since": since})
        return {
            (SlackId(account), target, role): Asked(times=times, approved=approved, last_at=last_at)
            for account, target, role, times, approved, last_at in found
        }

    def requesters(self, who: Identities) -> set[tuple[PersonId, SlackId]]:
        theirs = or_(Row.requester.in_(who.persons), Row.requester_slack_id.in_(who.accounts))
        found = self._session.execute(select(Row.requester, Row.requester_slack_id).where(theirs).distinct())
        return {(PersonId(person), SlackId(account)) for person, account in found}

    def _ids(self, rows: Select[int]) -> list[RequestId]:
        return [RequestId(request_id) for request_id in self._session.scalars(rows)]

    def _one(self, rows: Select[Row], request_id: RequestId) -> Request:
        found = self._all(rows)
        if not found:
            raise NotFound(f"There is no request R-{request_id}.")
        return found[0]

    def _all(self, rows: Select[Row]) -> list[Request]:
        return [
            request_of(row)
            for row in self._session.scalars(rows, execution_options={"populate_existing": True})
        ]

    def _readable(self, rows: Select[Row]) -> list[Request]:
        """Return the requests without unreadable ones, which must not hide others."""
        found = self._session.scalars(rows, execution_options={"populate_existing": True})
        return [request for row in found if (request := readable_request(row)) is not None]

    def _refusal(self, request: Request) -> AlreadyOpen:
        """Return the refusal that names the pending request in the way."""
        terms = request.terms
        for other in self.pending_of([request.requester_slack_id]):
            same = (other.terms.target, other.terms.role, other.terms.kind)
            if same == (terms.target, terms.role, terms.kind):
                return AlreadyOpen(f"{other.label} for this is still open.")
        return AlreadyOpen("A request for this was open until just now.")


def _for(reviewer: PendingFor, now: datetime) -> tuple[ColumnElement[bool] | TextClause, ...]:
    """Return what tells these requests from all others."""
    mine = ReviewRow.request_id == Row.id, ReviewRow.reviewer == reviewer.person
    return (
        _PENDING,
        Row.decide_by > now,
        Row.requester_slack_id.not_in(sorted(reviewer.accounts)),
        _ASKS.bindparams(groups=sorted(reviewer.groups)),
        ~exists().where(*mine),
    )


def readable_request(row: Row) -> Request | None:
    """Return the request; None, logged, where this program cannot read its terms."""
    try:
        return request_of(row)
    except (TypeError, ValueError, KeyError) as error:
        _log.error("request unreadable", request=row.id, error=type(error).__name__)
        return None


def request_of(row: Row) -> Request:
    """Return the request; raises where this program cannot read its terms."""
    return Request(
        id=RequestId(row.id),
        requester_slack_id=SlackId(row.requester_slack_id),
        terms=Terms.from_json(row.terms),
        fingerprint=row.fingerprint,
        policy_hash=row.policy_hash,
        state=RequestState(row.state),
        submitted_at=row.submitted_at,
        decide_by=row.decide_by,
        decided_at=row.decided_at,
        stale_why=StaleWhy(row.stale_why) if row.stale_why else None,
    )
