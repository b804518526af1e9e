"""A person's ask for a role, and the reviews it gets."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from dbaccess.domain.approved_scope import ApprovedScope
from dbaccess.domain.people import PersonId, SlackId
from dbaccess.domain.quorum import Voice
from dbaccess.domain.terms import Terms

RequestId = NewType("RequestId", int)
ReviewId = NewType("ReviewId", int)


class RequestState(StrEnum):
    """Where a decision stands."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    STALE = "stale"


class StaleWhy(StrEnum):
    """Why a request cannot be decided any more, by the worker's policy when it looked."""

    POLICY_CHANGED = "policy_changed"
    """The policy is another, and asks for other terms."""
    POLICY_FORBIDS = "policy_forbids"
    """The policy is another, and no rule of it allows this."""
    OTHER_RULE = "other_rule"
    """The same policy: a rule with other terms decides by now."""
    NO_RULE = "no_rule"
    """The same policy: no rule allows this to them at this moment."""
    GRANT_ENDED = "grant_ended"
    """What was to be extended has ended before."""


class Verdict(StrEnum):
    """One reviewer's word."""

    APPROVED = "approved"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A decision to be made about `terms`; `fingerprint` is the terms' own, kept beside them."""

    id: RequestId
    requester_slack_id: SlackId
    terms: Terms
    fingerprint: str
    policy_hash: str
    state: RequestState
    submitted_at: datetime
    decide_by: datetime
    decided_at: datetime | None = None
    stale_why: StaleWhy | None = None

    @property
    def requester(self) -> PersonId:
        return self.terms.requester

    @property
    def label(self) -> str:
        return f"R-{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One person's verdict on one request, and those of its groups that they were in.

    `scope` is how much of it is approved; None in a denial.
    `voided_at` is when an approval stopped counting, because its reviewer was not eligible any more.
    """

    id: ReviewId
    request_id: RequestId
    reviewer: PersonId
    reviewer_slack_id: SlackId
    verdict: Verdict
    groups: tuple[str, ...]
    note: str
    fingerprint: str
    policy_hash: str
    reviewed_at: datetime
    scope: ApprovedScope | None = None
    voided_at: datetime | None = None
    voided_why: str | None = None

    @property
    def approves(self) -> bool:
        """Whether this is an approval that nobody found to count no longer."""
        return self.verdict is Verdict.APPROVED and self.voided_at is None

    @property
    def voice(self) -> Voice:
        return Voice(reviewer=self.reviewer, groups=self.groups)
