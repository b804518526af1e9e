"""Reviewers' verdicts."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from dbaccess.domain.errors import AlreadyDecided, AlreadyReviewed, Changed, OwnRequest
from dbaccess.domain.grant import GrantId
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import Identities
from dbaccess.domain.request import Request, RequestId, RequestState, Review, ReviewId
from tests.fakes.database import Transaction
from tests.fakes.tables import GRANTS, REQUESTS, REVIEWS, VOIDED_REVIEWS, VoidedReview


class MemoryReviews:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, review: Review) -> Review:
        asked = self._transaction.get(REQUESTS, review.request_id)
        if asked is not None:
            self._check(review, asked)
        self._transaction.claim("reviews_one_a_person", (review.request_id, review.reviewer))
        if any(other.reviewer == review.reviewer for other in self.of(review.request_id)):
            raise AlreadyReviewed("You have reviewed this already.")
        added = replace(review, id=ReviewId(self._transaction.next_id(REVIEWS)))
        self._transaction.put(REVIEWS, added.id, added)
        return added

    def of(self, request_id: RequestId) -> list[Review]:
        return self.of_all([request_id])[request_id]

    def of_all(self, request_ids: Collection[RequestId]) -> dict[RequestId, list[Review]]:
        found: dict[RequestId, list[Review]] = {request_id: [] for request_id in request_ids}
        for review in self._transaction.rows(REVIEWS):
            if review.request_id in found:
                found[review.request_id].append(self._as_it_counts(review))
        return found

    def reviewers(self, who: Identities) -> set[tuple[PersonId, SlackId]]:
        named = {(review.reviewer, review.reviewer_slack_id) for review in self._transaction.rows(REVIEWS)}
        return {(person, account) for person, account in named if who.has(person, account)}

    def keep(self, request_ids: Collection[RequestId]) -> None:
        """Nothing is to be saved in memory."""

    def void(self, review: Review, *, why: str, at: datetime) -> bool:
        if self._transaction.lock(VOIDED_REVIEWS, review.id) is not None:
            return False
        self._transaction.put(VOIDED_REVIEWS, review.id, VoidedReview(review=review, why=why, voided_at=at))
        return True

    def _as_it_counts(self, review: Review) -> Review:
        voided = self._transaction.get(VOIDED_REVIEWS, review.id)
        if voided is None:
            return review
        return replace(review, voided_at=voided.voided_at, voided_why=voided.why)

    def _check(self, review: Review, asked: Request) -> None:
        """Refuse what the guard of the table refuses."""
        about = asked.terms.of_grant
        held = self._transaction.get(GRANTS, GrantId(about)) if about is not None else None
        names = {asked.requester} | ({held.holder} if held else set())
        accounts = {asked.requester_slack_id} | ({held.holder_slack_id} if held else set())
        if review.reviewer in names or review.reviewer_slack_id in accounts:
            raise OwnRequest("Your own request: somebody else reviews it.")
        if asked.state is not RequestState.PENDING:
            raise AlreadyDecided("This is decided already.")
        if review.fingerprint != asked.fingerprint:
            raise Changed("This changed, look again.")
