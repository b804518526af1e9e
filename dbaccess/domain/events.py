"""The kinds of events in the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from dbaccess.domain.grant import GrantId
from dbaccess.domain.request import RequestId


class EventKind(StrEnum):
    """One fact each, in the past tense."""

    REQUEST_SUBMITTED = "request.submitted"
    """A person requested a role, more time, or invoked break-glass; the entry has the terms."""
    REVIEW_APPROVED = "review.approved"
    """A reviewer approved the request, or a smaller scope of it."""
    REVIEW_DENIED = "review.denied"
    """A reviewer denied the request, with a reason."""
    REVIEW_VOIDED = "review.voided"
    """An approval stopped counting because its reviewer is no longer eligible."""
    REQUEST_APPROVED = "request.approved"
    """The request has all approvals that its rule requires."""
    REQUEST_AUTO_APPROVED = "request.auto_approved"
    """The rule requires no approval."""
    REQUEST_BREAK_GLASS_INVOKED = "request.break_glass_invoked"
    """A person took emergency access; the review follows."""
    REQUEST_DENIED = "request.denied"
    """One denial ended the request."""
    REQUEST_WITHDRAWN = "request.withdrawn"
    """The requester withdrew the request."""
    REQUEST_LAPSED = "request.lapsed"
    """Nothing was decided before `decide_within` was over."""
    REQUEST_STALE = "request.stale"
    """The rule or the role changed, or no rule allows the request now; the entry says which."""
    GRANT_CREATED = "grant.created"
    """An approval made a grant, which waits for a worker."""
    GRANT_PROVISION_STARTED = "grant.provision_started"
    """A worker is about to change the target; the entry has reviewers, terms and recipe."""
    GRANT_PROVISION_FAILED = "grant.provision_failed"
    """An attempt to provision failed and is retried; the entry has the failure code."""
    GRANT_ACTIVATED = "grant.activated"
    """The target, read back, confirms login and role."""
    GRANT_REACH_READ = "grant.reach_read"
    """The tables that the login reaches were read; the entry has their number and the digest of the list."""
    GRANT_EXTEND_STARTED = "grant.extend_started"
    """A worker is about to set a later end on the target."""
    GRANT_EXTEND_FAILED = "grant.extend_failed"
    """An attempt to set the later end failed and is retried."""
    GRANT_EXTENDED = "grant.extended"
    """The target confirms the later end."""
    GRANT_NOT_EXTENDED = "grant.not_extended"
    """An approved extension was dropped; the grant ends as it was granted."""
    GRANT_ABANDONED = "grant.abandoned"
    """The grant was given up before it became active; the worker removes what it created."""
    GRANT_EXPIRED = "grant.expired"
    """The grant reached its end."""
    GRANT_SURRENDERED = "grant.surrendered"
    """The holder ended the grant."""
    GRANT_REVOKED = "grant.revoked"
    """A reviewer or an operator ended the grant, with a reason."""
    GRANT_INVALIDATED = "grant.invalidated"
    """The holder left, the role is gone from the policy, or the role gives more than data."""
    GRANT_LOCKED_DOWN = "grant.locked_down"
    """A lockdown ended the grant."""
    GRANT_IDLE = "grant.idle"
    """The grant was not used for its rule's `idle_after`, which ended it."""
    GRANT_REVOKE_STARTED = "grant.revoke_started"
    """A worker is about to revoke on the target."""
    GRANT_REVOKE_FAILED = "grant.revoke_failed"
    """An attempt to revoke failed and is retried; the entry has the code and what was missing."""
    GRANT_ENDED = "grant.ended"
    """The target, read again, shows no access by this grant; the entry has the receipt."""
    GRANT_WRITE_OFF_PROPOSED = "grant.write_off_proposed"
    """An operator proposed to give the grant up, with a reason."""
    GRANT_WRITTEN_OFF = "grant.written_off"
    """Another operator confirmed it; the end stays unverified for ever."""
    GRANT_ADOPTED = "grant.adopted"
    """The grant follows its cluster to a new server identity."""
    BREAK_GLASS_REVIEW_OPENED = "break_glass.review_opened"
    """A break-glass needs a review; the entry says which group gives it, and by when."""
    BREAK_GLASS_ANNOUNCED = "break_glass.announced"
    """The announcement of a break-glass was accepted; the entry says where."""
    BREAK_GLASS_REVIEWED = "break_glass.reviewed"
    """A reviewer closed the review of a break-glass as justified or not; the entry has the note."""
    BREAK_GLASS_OVERDUE = "break_glass.overdue"
    """The review of a break-glass is past its time."""
    CREDENTIALS_REQUESTED = "credentials.requested"
    """A holder asked for a password."""
    CREDENTIALS_STARTED = "credentials.started"
    """A worker is about to set a password on the target."""
    CREDENTIALS_SET = "credentials.set"
    """A password was set and put into the holder's modal."""
    STRAY_FOUND = "target.stray_found"
    """The sweep found a login or membership that no open grant accounts for."""
    STANDING_FOUND = "standing.found"
    """A login reaches without a grant what the policy gives, or by another path; the entry has the path."""
    STANDING_GONE = "standing.gone"
    """Standing access that was found is no longer held, or no longer of the policy; the entry says which."""
    STANDING_READ = "standing.read"
    """A cluster's standing access was read for the first time, or again after a time that is unknown."""
    STANDING_UNREAD = "standing.unread"
    """A cluster's standing access could not be read; the entry says since when it is unknown."""
    ACCESS_REVIEW_STARTED = "access_review.started"
    """An operator started an access review; the entry has its end, the number of items and their digest."""
    ACCESS_REVIEW_ASKED = "access_review.asked"
    """The owners of a group were asked to answer its access review; the entry has group and accounts."""
    ACCESS_REVIEW_ANSWERED = "access_review.answered"
    """An item of an access review was answered, or answered again; the entry has item, answer and reason."""
    ACCESS_REVIEW_REMINDED = "access_review.reminded"
    """The operators were reminded of an access review before its end."""
    ACCESS_REVIEW_ENDED = "access_review.ended"
    """An access review takes no more answers: its time is over, or an operator closed it."""
    ACCESS_REVIEW_UNANSWERED = "access_review.unanswered"
    """An item of an access review has no answer at its end; the entry has the item."""
    STANDING_REMOVAL_REQUESTED = "standing.removal_requested"
    """An operator asked the workers to remove standing access that an access review answered with remove."""
    STANDING_REMOVAL_STARTED = "standing.removal_started"
    """A worker is about to remove a membership on a cluster; the entry has the path before."""
    STANDING_REMOVED = "standing.removed"
    """The cluster, read again, no longer shows the membership; the entry has any path that is left."""
    STANDING_NOT_REMOVED = "standing.not_removed"
    """A removal was refused with nothing changed; the entry has the failure code."""
    ACCESS_REVIEW_CLOSED = "access_review.closed"
    """All answers of an access review and all missing ones are recorded; the entry has their numbers."""
    TRY_STARTED = "target.try_started"
    """An operator is about to make and end a login on a target, to test it; the entry has the recipe."""
    TRY_ENDED = "target.try_ended"
    """The login of an operator's test is gone from the target; the entry has the receipt."""
    TRY_FAILED = "target.try_failed"
    """An operator's test failed at a step, or its end was not verified; the entry has the failure code."""
    ACTIVITY_SUMMARIZED = "activity.summarized"
    """The statements of a grant were counted; the entry has the figures and a digest, and never a text."""
    ACTIVITY_VIEWED = "activity.viewed"
    """A person other than the holder looked at the statements of a grant."""
    ACTIVITY_IMPORTED = "activity.imported"
    """An operator imported an exported log; the entry has its digest, its time and counts."""
    ACTIVITY_PURGED = "activity.purged"
    """The statements of grants were deleted after their retention; the entry says how many of each."""
    REPORT_MADE = "report.made"
    """A person made a report; the entry has the filter, the number of rows and the digest, and no row."""
    WORKERS_AWAY = "workers.away"
    """No worker had reported for a time; the first one that came back recorded its begin and end."""
    CONTROL_ADOPTED = "control.adopted"
    """An operator ended observe mode: this control database is the truth."""
    ATTEMPT_REFUSED = "attempt.refused"
    """A click, form or command of a person was refused; the entry has the reason, and no typed text."""
    ATTEMPTS_LEFT_OUT = "attempts.left_out"
    """More attempts were refused in an hour than the ledger takes; the entry has their number."""
    LEDGER_KEY_INTRODUCED = "ledger.key_introduced"
    """A key signs the checkpoints from here on; the entry has its signature and that of the key before."""
    POLICY_LOADED = "policy.loaded"
    """A bot or worker took a policy; the entry has its whole text."""
    GROUP_CHANGED = "group.changed"
    """A group that reviews gained or lost members."""
    LOCKDOWN_DECLARED = "lockdown.declared"
    """An operator declared a lockdown."""
    LOCKDOWN_LIFTED = "lockdown.lifted"
    """Another operator lifted a lockdown."""


BOT_MAY_RECORD = frozenset(
    {
        EventKind.REQUEST_SUBMITTED,
        EventKind.REVIEW_APPROVED,
        EventKind.REVIEW_DENIED,
        EventKind.REVIEW_VOIDED,
        EventKind.REQUEST_APPROVED,
        EventKind.REQUEST_AUTO_APPROVED,
        EventKind.REQUEST_BREAK_GLASS_INVOKED,
        EventKind.BREAK_GLASS_REVIEW_OPENED,
        EventKind.BREAK_GLASS_REVIEWED,
        EventKind.REQUEST_DENIED,
        EventKind.REQUEST_WITHDRAWN,
        EventKind.GRANT_CREATED,
        EventKind.GRANT_ABANDONED,
        EventKind.GRANT_SURRENDERED,
        EventKind.GRANT_REVOKED,
        EventKind.CREDENTIALS_REQUESTED,
        EventKind.ACCESS_REVIEW_ANSWERED,
        EventKind.ACTIVITY_VIEWED,
        EventKind.ATTEMPT_REFUSED,
        EventKind.POLICY_LOADED,
        EventKind.LOCKDOWN_DECLARED,
        EventKind.LOCKDOWN_LIFTED,
    }
)
"""The events that the bot may write; the database refuses it all others."""


AUDITOR_MAY_RECORD = frozenset({EventKind.ACTIVITY_VIEWED, EventKind.REPORT_MADE})
"""The events that the command line may write with the login of an auditor."""


BY_WORKER: Final = "worker"
BY_SYSTEM: Final = "system"
"""Actors of what no person does: a worker on a target, or the rules themselves."""


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
