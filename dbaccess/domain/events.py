"""The facts that the ledger holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dbaccess.domain.grant import GrantId
from dbaccess.domain.request import RequestId


class EventKind(StrEnum):
    """One past-tense fact each."""

    REQUEST_SUBMITTED = "request.submitted"
    REVIEW_APPROVED = "review.approved"
    REVIEW_DENIED = "review.denied"
    REVIEW_VOIDED = "review.voided"
    REQUEST_APPROVED = "request.approved"
    REQUEST_AUTO_APPROVED = "request.auto_approved"
    REQUEST_BREAK_GLASS_INVOKED = "request.break_glass_invoked"
    REQUEST_DENIED = "request.denied"
    REQUEST_WITHDRAWN = "request.withdrawn"
    REQUEST_LAPSED = "request.lapsed"
    REQUEST_STALE = "request.stale"
    GRANT_CREATED = "grant.created"
    GRANT_PROVISION_STARTED = "grant.provision_started"
    GRANT_PROVISION_FAILED = "grant.provision_failed"
    GRANT_ACTIVATED = "grant.activated"
    GRANT_EXTEND_STARTED = "grant.extend_started"
    GRANT_EXTEND_FAILED = "grant.extend_failed"
    GRANT_EXTENDED = "grant.extended"
    GRANT_NOT_EXTENDED = "grant.not_extended"
    GRANT_ABANDONED = "grant.abandoned"
    GRANT_EXPIRED = "grant.expired"
    GRANT_SURRENDERED = "grant.surrendered"
    GRANT_REVOKED = "grant.revoked"
    GRANT_INVALIDATED = "grant.invalidated"
    GRANT_LOCKED_DOWN = "grant.locked_down"
    GRANT_REVOKE_STARTED = "grant.revoke_started"
    GRANT_REVOKE_FAILED = "grant.revoke_failed"
    GRANT_ENDED = "grant.ended"
    GRANT_WRITE_OFF_PROPOSED = "grant.write_off_proposed"
    GRANT_WRITTEN_OFF = "grant.written_off"
    GRANT_ADOPTED = "grant.adopted"
    BREAK_GLASS_ANNOUNCED = "break_glass.announced"
    BREAK_GLASS_REVIEWED = "break_glass.reviewed"
    BREAK_GLASS_OVERDUE = "break_glass.overdue"
    CREDENTIALS_REQUESTED = "credentials.requested"
    CREDENTIALS_STARTED = "credentials.started"
    CREDENTIALS_SET = "credentials.set"
    STRAY_FOUND = "target.stray_found"
    CONTROL_ADOPTED = "control.adopted"
    POLICY_LOADED = "policy.loaded"
    GROUP_CHANGED = "group.changed"
    LOCKDOWN_DECLARED = "lockdown.declared"
    LOCKDOWN_LIFTED = "lockdown.lifted"


BOT_MAY_RECORD = frozenset(
    {
        EventKind.REQUEST_SUBMITTED,
        EventKind.REVIEW_APPROVED,
        EventKind.REVIEW_DENIED,
        EventKind.REVIEW_VOIDED,
        EventKind.REQUEST_APPROVED,
        EventKind.REQUEST_AUTO_APPROVED,
        EventKind.REQUEST_BREAK_GLASS_INVOKED,
        EventKind.BREAK_GLASS_REVIEWED,
        EventKind.REQUEST_DENIED,
        EventKind.REQUEST_WITHDRAWN,
        EventKind.GRANT_CREATED,
        EventKind.GRANT_ABANDONED,
        EventKind.GRANT_SURRENDERED,
        EventKind.GRANT_REVOKED,
        EventKind.CREDENTIALS_REQUESTED,
        EventKind.POLICY_LOADED,
        EventKind.LOCKDOWN_DECLARED,
        EventKind.LOCKDOWN_LIFTED,
    }
)
"""What the Slack-facing process may write; the database refuses it everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact to be recorded; `data` is JSON.

    `actor` is a person id, `cli:osuser@host`, `worker`, `system`, or `bot@host` or `worker@host`.
    """

    kind: EventKind
    actor: str
    request_id: RequestId | None = None
    grant_id: GrantId | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
