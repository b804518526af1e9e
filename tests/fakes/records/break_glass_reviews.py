"""The reviews that must follow break-glasses."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from dbaccess.domain.break_glass_review import BreakGlassReview, review_pending
from dbaccess.domain.errors import AlreadyDecided, OwnRequest, ReviewPending
from dbaccess.domain.lifecycle import BREAK_GLASS_REVIEW_TRANSITIONS
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import EVERY, Identities, RecordFilter
from dbaccess.domain.request import RequestId
from dbaccess.ports import PendingReviews
from tests.fakes.database import Transaction
from tests.fakes.records.record_filter import admits_review
from tests.fakes.tables import BREAK_GLASS_REVIEWS, MESSAGES, REQUESTS


class MemoryBreakGlassReviews:
    def __init__(self, transaction: Transaction, writer: str) -> None:
        self._transaction = transaction
        self._writer = writer

    def add(self, review: BreakGlassReview) -> None:
        name, account = review.request.requester, review.request.requester_slack_id
        for key in (("name", name), ("account", account)):
            self._transaction.claim(BREAK_GLASS_REVIEWS.name, key)
        pending = self.pending_of([account], name=name)
        if pending:
            raise review_pending(pending[0])
        if self.of(review.request.id) is not None:
            raise ReviewPending("A break-glass of yours is not reviewed yet.")
        self._transaction.put(BREAK_GLASS_REVIEWS, review.request.id, review)

    def of(self, request_id: RequestId) -> BreakGlassReview | None:
        return next(iter(self._where(lambda review: review.request.id == request_id)), None)

    def reviewers(self, who: Identities) -> set[tuple[PersonId, SlackId]]:
        given = [review.verdict for review in self._where(lambda review: review.verdict is not None)]
        named = {(verdict.reviewer, verdict.reviewer_slack_id) for verdict in given if verdict is not None}
        return {(person, account) for person, account in named if who.has(person, account)}

    def lock(self, request_id: RequestId) -> BreakGlassReview | None:
        self._transaction.lock(BREAK_GLASS_REVIEWS, request_id)
        return self.of(request_id)

    def save_verdict(self, review: BreakGlassReview) -> None:
        self._save(review)

    def save_alarm(self, review: BreakGlassReview) -> None:
        self._save(review)

    def pending(self) -> list[BreakGlassReview]:
        return self._where(lambda review: review.is_pending)

    def pending_of(
        self, accounts: Collection[SlackId], *, name: PersonId | None = None
    ) -> list[BreakGlassReview]:
        return [
            review
            for review in self.pending()
            if review.request.requester == name or review.request.requester_slack_id in accounts
        ]

    def pending_for(self, groups: Collection[str]) -> list[BreakGlassReview]:
        return [review for review in self.pending() if review.review_by in groups]

    def count_pending(self, now: datetime) -> PendingReviews:
        pending = self.pending()
        return PendingReviews(pending=len(pending), overdue=sum(review.due_at <= now for review in pending))

    def overdue(self, now: datetime, *, limit: int) -> list[RequestId]:
        late = [review for review in self.pending() if review.due_at <= now and review.overdue_at is None]
        late.sort(key=lambda review: (review.due_at, review.request.id))
        return [review.request.id for review in late][:limit]

    def closed_untold(self, *, limit: int) -> list[RequestId]:
        messages = self._transaction.rows(MESSAGES)
        told = {message.request_id for message in messages if message.kind is MessageKind.THREAD_REVIEWED}
        closed = [review.request.id for review in self._where(lambda review: not review.is_pending)]
        return [request_id for request_id in closed if request_id not in told][:limit]

    def recent(self, *, limit: int, only: RecordFilter = EVERY) -> list[BreakGlassReview]:
        return self._where(lambda review: admits_review(only, review))[::-1][:limit]

    def of_all(self, request_ids: Collection[RequestId]) -> dict[RequestId, BreakGlassReview]:
        found = self._where(lambda review: review.request.id in set(request_ids))
        return {review.request.id: review for review in found}

    def _save(self, review: BreakGlassReview) -> None:
        known = self.lock(review.request.id)
        steps = {
            (before, after)
            for (before, _, after), writer in BREAK_GLASS_REVIEW_TRANSITIONS.items()
            if writer == self._writer
        }
        if known is None or (known.state, review.state) not in steps:
            raise AlreadyDecided("This is decided already.")
        given = review.verdict
        if given is not None and (
            given.reviewer == known.request.requester
            or given.reviewer_slack_id == known.request.requester_slack_id
        ):
            raise OwnRequest("Your own request: somebody else reviews it.")
        self._transaction.put(BREAK_GLASS_REVIEWS, review.request.id, review)

    def _where(self, wanted: Callable[[BreakGlassReview], bool]) -> list[BreakGlassReview]:
        requests = {request.id: request for request in self._transaction.rows(REQUESTS)}
        found = self._transaction.rows(BREAK_GLASS_REVIEWS)
        return [replace(review, request=requests[review.request.id]) for review in found if wanted(review)]
