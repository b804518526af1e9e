"""A person's ask for a role, and the reviews it gets."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from dbaccess.domain.people import PersonId, SlackId
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

    @property
    def requester(self) -> PersonId:
        return self.terms.requester

    @property
    def label(self) -> str:
        return f"R-{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One person's verdict on one request, and the group they spoke for."""

    id: ReviewId
    request_id: RequestId
    reviewer: PersonId
    reviewer_slack_id: SlackId
    verdict: Verdict
    group: str
    note: str
    fingerprint: str
    policy_hash: str
    reviewed_at: datetime
