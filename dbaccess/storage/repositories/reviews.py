"""Reviewers' verdicts: written once."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.errors import AlreadyReviewed
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.request import RequestId, Review, ReviewId, Verdict
from dbaccess.storage.models import ReviewRow


class SqlReviews:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, review: Review) -> Review:
        fields = {name: getattr(review, name) for name in Review.__slots__ if name != "id"}
        row = insert(ReviewRow).values(**fields)
        review_id = self._session.scalar(
            row.on_conflict_do_nothing(constraint="reviews_one_a_person").returning(ReviewRow.id)
        )
        if review_id is None:
            raise AlreadyReviewed("You have reviewed this already.")
        return replace(review, id=ReviewId(review_id))

    def of(self, request_id: RequestId) -> list[Review]:
        rows = select(ReviewRow).where(ReviewRow.request_id == request_id).order_by(ReviewRow.id)
        return [_review(row) for row in self._session.scalars(rows)]


def _review(row: ReviewRow) -> Review:
    return Review(
        id=ReviewId(row.id),
        request_id=RequestId(row.request_id),
        reviewer=PersonId(row.reviewer),
        reviewer_slack_id=SlackId(row.reviewer_slack_id),
        verdict=Verdict(row.verdict),
        group=row.group,
        note=row.note,
        fingerprint=row.fingerprint,
        policy_hash=row.policy_hash,
        reviewed_at=row.reviewed_at,
    )
