"""A request for a role, and its reviews."""

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
    """The states of a request."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    STALE = "stale"


class StaleWhy(StrEnum):
    """The reason why a request can no longer be decided, by the worker's policy at that time."""

    POLICY_CHANGED = "policy_changed"
    """The policy changed and requires other terms."""
    POLICY_FORBIDS = "policy_forbids"
    """The policy changed, and none of its rules allows this."""
    OTHER_RULE = "other_rule"
    """The same policy, but now a rule with other terms decides."""
    NO_RULE = "no_rule"
    """The same policy, but no rule allows this to the requester at this moment."""
    GRANT_ENDED = "grant_ended"
    """The grant that was to be extended has ended."""


class Verdict(StrEnum):
    """The verdict of one reviewer."""

    APPROVED = "approved"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A decision to be made about `terms`; `fingerprint` is that of the terms."""

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
    """One person's verdict on one request, with the reviewing groups they were in.

    `scope` is the approved part of the request; None in a denial. `membership_read_at` is when Slack was read
    for the groups; None in reviews from before that was recorded. At `voided_at` an approval stopped counting
    because its reviewer was no longer eligible.
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
    membership_read_at: datetime | None = None
    voided_at: datetime | None = None
    voided_why: str | None = None

    @property
    def approves(self) -> bool:
        """Return whether this is an approval that still counts."""
        return self.verdict is Verdict.APPROVED and self.voided_at is None

    @property
    def voice(self) -> Voice:
        return Voice(reviewer=self.reviewer, groups=self.groups)
