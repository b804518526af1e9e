"""The states of requests, grants and break-glass reviews, and the only place that assigns one."""

from dataclasses import replace
from typing import Any, TypeVar

from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.break_glass_review import BreakGlassReviewState as B
from dbaccess.domain.errors import IllegalTransition
from dbaccess.domain.events import EventKind as E
from dbaccess.domain.grant import Grant
from dbaccess.domain.grant import GrantState as G
from dbaccess.domain.request import Request
from dbaccess.domain.request import RequestState as R

BOTH, BOT, WORKER = "both", "bot", "worker"

REQUEST_TRANSITIONS: dict[tuple[R, E], tuple[R, str]] = {
    (R.PENDING, E.REQUEST_APPROVED): (R.APPROVED, BOTH),
    (R.PENDING, E.REQUEST_AUTO_APPROVED): (R.APPROVED, BOTH),
    (R.PENDING, E.REQUEST_BREAK_GLASS_INVOKED): (R.APPROVED, BOTH),
    (R.PENDING, E.REQUEST_DENIED): (R.DENIED, BOTH),
    (R.PENDING, E.REQUEST_WITHDRAWN): (R.WITHDRAWN, BOTH),
    (R.PENDING, E.REQUEST_LAPSED): (R.LAPSED, WORKER),
    (R.PENDING, E.REQUEST_STALE): (R.STALE, WORKER),
}
"""(from, event) → (to, which process may do it). The migration writes the same pairs into the database."""

GRANT_TRANSITIONS: dict[tuple[G, E], tuple[G, str]] = {
    (G.PROVISIONING, E.GRANT_PROVISION_STARTED): (G.PROVISIONING, WORKER),
    (G.PROVISIONING, E.GRANT_PROVISION_FAILED): (G.PROVISIONING, WORKER),
    (G.PROVISIONING, E.GRANT_ACTIVATED): (G.ACTIVE, WORKER),
    (G.PROVISIONING, E.GRANT_ABANDONED): (G.REVOKING, BOTH),
    (G.ACTIVE, E.GRANT_EXTEND_STARTED): (G.ACTIVE, WORKER),
    (G.ACTIVE, E.GRANT_EXTEND_FAILED): (G.ACTIVE, WORKER),
    (G.ACTIVE, E.GRANT_EXTENDED): (G.ACTIVE, WORKER),
    (G.ACTIVE, E.GRANT_NOT_EXTENDED): (G.ACTIVE, WORKER),
    (G.ACTIVE, E.GRANT_EXPIRED): (G.REVOKING, WORKER),
    (G.ACTIVE, E.GRANT_SURRENDERED): (G.REVOKING, BOTH),
    (G.ACTIVE, E.GRANT_REVOKED): (G.REVOKING, BOTH),
    (G.ACTIVE, E.GRANT_INVALIDATED): (G.REVOKING, WORKER),
    (G.ACTIVE, E.GRANT_LOCKED_DOWN): (G.REVOKING, WORKER),
    (G.ACTIVE, E.GRANT_IDLE): (G.REVOKING, WORKER),
    (G.REVOKING, E.GRANT_REVOKE_STARTED): (G.REVOKING, WORKER),
    (G.REVOKING, E.GRANT_REVOKE_FAILED): (G.REVOKING, WORKER),
    (G.REVOKING, E.GRANT_ENDED): (G.ENDED, WORKER),
    (G.REVOKING, E.GRANT_WRITE_OFF_PROPOSED): (G.REVOKING, WORKER),
    (G.REVOKING, E.GRANT_WRITTEN_OFF): (G.WRITTEN_OFF, WORKER),
    (G.PROVISIONING, E.GRANT_ADOPTED): (G.PROVISIONING, WORKER),
    (G.ACTIVE, E.GRANT_ADOPTED): (G.ACTIVE, WORKER),
    (G.REVOKING, E.GRANT_ADOPTED): (G.REVOKING, WORKER),
}

BREAK_GLASS_REVIEW_TRANSITIONS: dict[tuple[B, E, B], str] = {
    (B.PENDING, E.BREAK_GLASS_OVERDUE, B.PENDING): WORKER,
    (B.PENDING, E.BREAK_GLASS_REVIEWED, B.JUSTIFIED): BOT,
    (B.PENDING, E.BREAK_GLASS_REVIEWED, B.NOT_JUSTIFIED): BOT,
}
"""(from, event, to) → which process may do it: the entry of one event has either verdict."""

Subject = TypeVar("Subject", Request, Grant, BreakGlassReview)


def advance(subject: Subject, event: E, *, to: B | None = None, **changes: Any) -> Subject:
    """Return the subject after `event`, with `changes`; raises `IllegalTransition` where none is.

    `to` is the state of a break-glass review afterwards.
    """
    after = _after(subject, event, to)
    if after is None:
        raise IllegalTransition(f"{subject.label} is {subject.state}: {event} cannot follow.")
    return replace(subject, state=after, **changes)


def _after(subject: Request | Grant | BreakGlassReview, event: E, to: B | None) -> Any:
    if isinstance(subject, BreakGlassReview):
        is_legal = to is not None and (subject.state, event, to) in BREAK_GLASS_REVIEW_TRANSITIONS
        return to if is_legal else None
    if isinstance(subject, Request):
        decided = REQUEST_TRANSITIONS.get((subject.state, event))
        return decided[0] if decided else None
    moved = GRANT_TRANSITIONS.get((subject.state, event))
    return moved[0] if moved else None
