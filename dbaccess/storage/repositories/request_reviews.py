"""Reviews: written once, and never rewritten when they stop counting."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.errors import AlreadyReviewed
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.record_filter import Identities
from dbaccess.domain.request import RequestId, Review, ReviewId, Verdict
from dbaccess.storage.models.requests import ReviewRow, VoidedReviewRow
from dbaccess.storage.repositories.id_filter import among

_WRITTEN = (
    "request_id",
    "reviewer",
    "reviewer_slack_id",
    "verdict",
    "note",
    "fingerprint",
    "policy_hash",
    "reviewed_at",
    "membership_read_at",
)


class SqlReviews:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: dict[RequestId, list[Review]] = {}

    def add(self, review: Review) -> Review:
        self._kept = {}
        fields = {name: getattr(review, name) for name in _WRITTEN} | {"groups": list(review.groups)}
        if review.scope is not None:
            fields |= {"role": review.scope.role}
            fields |= {"duration_seconds": int(review.scope.duration.total_seconds())}
        row = insert(ReviewRow).values(**fields)
        review_id = self._session.scalar(
            row.on_conflict_do_nothing(constraint="reviews_one_a_person").returning(ReviewRow.id)
        )
        if review_id is None:
            raise AlreadyReviewed("You have reviewed this already.")
        return replace(review, id=ReviewId(review_id))

    def of(self, request_id: RequestId) -> list[Review]:
        kept = self._kept if request_id in self._kept else self.of_all([request_id])
        return [*kept[request_id]]

    def keep(self, request_ids: Collection[RequestId]) -> None:
        self._kept = self.of_all(request_ids)

    def of_all(self, request_ids: Collection[RequestId]) -> dict[RequestId, list[Review]]:
        voided = ReviewRow.id == VoidedReviewRow.review_id
        rows = select(ReviewRow, VoidedReviewRow).outerjoin(VoidedReviewRow, voided)
        asked = rows.where(among(ReviewRow.request_id, request_ids)).order_by(ReviewRow.id)
        found: dict[RequestId, list[Review]] = {request_id: [] for request_id in request_ids}
        for row, void in self._session.execute(asked):
            found[RequestId(row.request_id)].append(_review(row, void))
        return found

    def reviewers(self, who: Identities) -> set[tuple[PersonId, SlackId]]:
        pairs = select(ReviewRow.reviewer, ReviewRow.reviewer_slack_id)
        by_name = pairs.where(ReviewRow.reviewer.in_(who.persons))
        found = by_name.union(pairs.where(ReviewRow.reviewer_slack_id.in_(who.accounts)))
        return {(PersonId(person), SlackId(account)) for person, account in self._session.execute(found)}

    def void(self, review: Review, *, why: str, at: datetime) -> bool:
        self._kept = {}
        row = insert(VoidedReviewRow).values(review_id=review.id, why=why, voided_at=at)
        made = row.on_conflict_do_nothing(constraint="voided_reviews_pk").returning(VoidedReviewRow.review_id)
        return self._session.scalar(made) is not None


def _review(row: ReviewRow, void: VoidedReviewRow | None) -> Review:
    return Review(
        id=ReviewId(row.id),
        request_id=RequestId(row.request_id),
        reviewer=PersonId(row.reviewer),
        reviewer_slack_id=SlackId(row.reviewer_slack_id),
        verdict=Verdict(row.verdict),
        groups=tuple(row.groups),
        note=row.note,
        fingerprint=row.fingerprint,
        policy_hash=row.policy_hash,
        reviewed_at=row.reviewed_at,
        scope=_scope(row),
        membership_read_at=row.membership_read_at,
        voided_at=void.voided_at if void else None,
        voided_why=void.why if void else None,
    )


def _scope(row: ReviewRow) -> ApprovedScope | None:
    if row.role is None or row.duration_seconds is None:
        return None
    return ApprovedScope(role=row.role, duration=timedelta(seconds=row.duration_seconds))
