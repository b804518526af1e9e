"""The review that must follow a break-glass: another person says afterwards whether it was justified."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dbaccess.domain.errors import ReviewPending
from dbaccess.domain.grant import GrantId
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.request import Request


class BreakGlassReviewState(StrEnum):
    """Where the review stands. It never lapses, goes stale or is withdrawn."""

    PENDING = "pending"
    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


class ReviewDoubt(StrEnum):
    """Why a recorded verdict may not be the reviewer's."""

    OTHER_PERSON = "other_person"
    HOLDER = "holder"
    NOT_IN_GROUP = "not_in_group"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenVerdict:
    """The person who closed a review, the time, and the reason.

    `membership_read_at` is when Slack was read for the group; None in reviews from before that was recorded.
    """

    reviewer: PersonId
    reviewer_slack_id: SlackId
    note: str
    reviewed_at: datetime
    membership_read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlassReview:
    """The review of the break-glass `request`, and of the grant that it made at once.

    One person of the group `review_by`, who is not the requester, closes it. It is due by `due_at`;
    `overdue_at` is when a worker raised the alarm. `verdict` is None while it is pending.
    """

    request: Request
    grant_id: GrantId
    review_by: str
    state: BreakGlassReviewState
    opened_at: datetime
    due_at: datetime
    overdue_at: datetime | None = None
    verdict: GivenVerdict | None = None

    @property
    def label(self) -> str:
        """The break-glass has one review, so its own label names that too."""
        return self.request.label

    @property
    def is_pending(self) -> bool:
        return self.state is BreakGlassReviewState.PENDING


def review_pending(review: BreakGlassReview) -> ReviewPending:
    """Return why its requester, under any name or account, cannot break the glass before it is closed."""
    return ReviewPending(
        f"The break-glass on {review.request.terms.target} is not reviewed yet ({review.label}). "
        f"A person in {review.review_by} has to close that first."
    )
