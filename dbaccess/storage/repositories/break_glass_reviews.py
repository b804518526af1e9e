"""The reviews of break-glasses, each read together with the request of the break-glass."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.break_glass_review import (
    BreakGlassReview,
    BreakGlassReviewState,
    GivenVerdict,
    review_pending,
)
from dbaccess.domain.errors import ReviewPending
from dbaccess.domain.grant import GrantId
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import EVERY, Identities, RecordFilter
from dbaccess.domain.request import Request, RequestId
from dbaccess.ports import PendingReviews
from dbaccess.storage.models.break_glass_reviews import BreakGlassReviewRow as Row
from dbaccess.storage.models.messages import MessageRow
from dbaccess.storage.models.requests import RequestRow
from dbaccess.storage.repositories.id_filter import among
from dbaccess.storage.repositories.record_filter import of_break_glass_reviews
from dbaccess.storage.repositories.requests import readable_request, request_of

Rows = Select[Row, RequestRow]

_PENDING = Row.state == BreakGlassReviewState.PENDING
_WITH_REQUEST: Rows = select(Row, RequestRow).join(RequestRow, RequestRow.id == Row.request_id)


class SqlBreakGlassReviews:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, review: BreakGlassReview) -> None:
        request = review.request
        row = insert(Row).values(
            request_id=request.id,
            grant_id=review.grant_id,
            holder=request.requester,
            holder_slack_id=request.requester_slack_id,
            review_by=review.review_by,
            state=review.state,
            opened_at=review.opened_at,
            due_at=review.due_at,
        )
        # Of two at once the second one waits here until the first one's transaction has ended.
        if self._session.scalar(row.on_conflict_do_nothing().returning(Row.request_id)) is None:
            raise self._refusal(request)

    def of(self, request_id: RequestId) -> BreakGlassReview | None:
        return self._one(_WITH_REQUEST.where(Row.request_id == request_id))

    def reviewers(self, who: Identities) -> set[tuple[PersonId, SlackId]]:
        theirs = or_(Row.reviewer.in_(who.persons), Row.reviewer_slack_id.in_(who.accounts))
        named = select(Row.reviewer, Row.reviewer_slack_id).where(theirs).distinct()
        found = self._session.execute(named)
        return {(PersonId(person), SlackId(account)) for person, account in found if person and account}

    def lock(self, request_id: RequestId) -> BreakGlassReview | None:
        return self._one(_WITH_REQUEST.where(Row.request_id == request_id).with_for_update(of=Row))

    def save_verdict(self, review: BreakGlassReview) -> None:
        given = {name: getattr(review.verdict, name) for name in GivenVerdict.__slots__}
        changed = update(Row).where(Row.request_id == review.request.id)
        self._session.execute(changed.values(state=review.state, **given))

    def save_alarm(self, review: BreakGlassReview) -> None:
        changed = update(Row).where(Row.request_id == review.request.id)
        self._session.execute(changed.values(overdue_at=review.overdue_at))

    def pending(self) -> list[BreakGlassReview]:
        return self._all(_WITH_REQUEST.where(_PENDING).order_by(Row.request_id))

    def pending_of(
        self, accounts: Collection[SlackId], *, name: PersonId | None = None
    ) -> list[BreakGlassReview]:
        theirs = or_(Row.holder == name, Row.holder_slack_id.in_(accounts))
        return self._all(_WITH_REQUEST.where(_PENDING, theirs).order_by(Row.request_id))

    def pending_for(self, groups: Collection[str]) -> list[BreakGlassReview]:
        return self._all(_WITH_REQUEST.where(_PENDING, Row.review_by.in_(groups)).order_by(Row.request_id))

    def count_pending(self, now: datetime) -> PendingReviews:
        overdue = func.count().filter(Row.due_at <= now)
        return PendingReviews(*self._session.execute(select(func.count(), overdue).where(_PENDING)).one())

    def overdue(self, now: datetime, *, limit: int) -> list[RequestId]:
        late = select(Row.request_id).where(_PENDING, Row.due_at <= now, Row.overdue_at.is_(None))
        return self._ids(late.order_by(Row.due_at, Row.request_id).limit(limit))

    def closed_untold(self, *, limit: int) -> list[RequestId]:
        told = exists().where(
            MessageRow.request_id == Row.request_id, MessageRow.kind == MessageKind.THREAD_REVIEWED
        )
        return self._ids(select(Row.request_id).where(~_PENDING, ~told).order_by(Row.request_id).limit(limit))

    def recent(self, *, limit: int, only: RecordFilter = EVERY) -> list[BreakGlassReview]:
        found = _WITH_REQUEST.where(*of_break_glass_reviews(only))
        return self._all(found.order_by(Row.request_id.desc()).limit(limit))

    def of_all(self, request_ids: Collection[RequestId]) -> dict[RequestId, BreakGlassReview]:
        found = self._all(_WITH_REQUEST.where(among(Row.request_id, request_ids)))
        return {review.request.id: review for review in found}

    def _ids(self, rows: Select[int]) -> list[RequestId]:
        return [RequestId(request_id) for request_id in self._session.scalars(rows)]

    def _one(self, rows: Rows) -> BreakGlassReview | None:
        found = self._session.execute(rows, execution_options={"populate_existing": True}).one_or_none()
        return _review(found[0], request_of(found[1])) if found else None

    def _all(self, rows: Rows) -> list[BreakGlassReview]:
        found = self._session.execute(rows, execution_options={"populate_existing": True})
        readable = ((row, readable_request(asked)) for row, asked in found)
        return [_review(row, request) for row, request in readable if request is not None]

    def _refusal(self, request: Request) -> ReviewPending:
        pending = self.pending_of([request.requester_slack_id], name=request.requester)
        return (
            review_pending(pending[0])
            if pending
            else ReviewPending("A break-glass of yours is not reviewed yet.")
        )


def _review(row: Row, request: Request) -> BreakGlassReview:
    return BreakGlassReview(
        request=request,
        grant_id=GrantId(row.grant_id),
        review_by=row.review_by,
        state=BreakGlassReviewState(row.state),
        opened_at=row.opened_at,
        due_at=row.due_at,
        overdue_at=row.overdue_at,
        verdict=_verdict(row),
    )


def _verdict(row: Row) -> GivenVerdict | None:
    if row.reviewer is None or row.reviewer_slack_id is None or row.note is None or row.reviewed_at is None:
        return None
    return GivenVerdict(
        reviewer=PersonId(row.reviewer),
        reviewer_slack_id=SlackId(row.reviewer_slack_id),
        note=row.note,
        reviewed_at=row.reviewed_at,
        membership_read_at=row.membership_read_at,
    )
