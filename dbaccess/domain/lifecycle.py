"""The states of requests and grants, and the only place that assigns one."""

from dataclasses import replace
from typing import Any, TypeVar

from dbaccess.domain.errors import IllegalTransition
from dbaccess.domain.events import EventKind as E
from dbaccess.domain.grant import Grant
from dbaccess.domain.grant import GrantState as G
from dbaccess.domain.request import Request
from dbaccess.domain.request import RequestState as R

BOTH, WORKER = "both", "worker"

REQUEST_TRANSITIONS: dict[tuple[R, E], tuple[R, str]] = {
    (R.PENDING, E.REQUEST_APPROVED): (R.APPROVED, BOTH),
    (R.PENDING, E.REQUEST_AUTO_APPROVED): (R.APPROVED, BOTH),
    (R.PENDING, E.REQUEST_BREAK_GLASS_INVOKED): (R.APPROVED, BOTH),
    (R.PENDING, E.REQUEST_DENIED): (R.DENIED, BOTH),
    (R.PENDING, E.REQUEST_WITHDRAWN): (R.WITHDRAWN, BOTH),
    (R.PENDING, E.REQUEST_LAPSED): (R.LAPSED, WORKER),
    (R.PENDING, E.REQUEST_STALE): (R.STALE, WORKER),
}
"""(from, event) → (to, which process may do it); the migration writes the same pairs into the database."""

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
    (G.REVOKING, E.GRANT_REVOKE_STARTED): (G.REVOKING, WORKER),
    (G.REVOKING, E.GRANT_REVOKE_FAILED): (G.REVOKING, WORKER),
    (G.REVOKING, E.GRANT_ENDED): (G.ENDED, WORKER),
    (G.REVOKING, E.GRANT_WRITE_OFF_PROPOSED): (G.REVOKING, WORKER),
    (G.REVOKING, E.GRANT_WRITTEN_OFF): (G.WRITTEN_OFF, WORKER),
    (G.PROVISIONING, E.GRANT_ADOPTED): (G.PROVISIONING, WORKER),
    (G.ACTIVE, E.GRANT_ADOPTED): (G.ACTIVE, WORKER),
    (G.REVOKING, E.GRANT_ADOPTED): (G.REVOKING, WORKER),
}

Subject = TypeVar("Subject", Request, Grant)


def advance(subject: Subject, event: E, **changes: Any) -> Subject:
    """The request or grant after `event`, with `changes`; raises `IllegalTransition` where none is."""
    table: dict[Any, Any] = {**REQUEST_TRANSITIONS, **GRANT_TRANSITIONS}
    step = table.get((subject.state, event))
    if step is None:
        raise IllegalTransition(f"{subject.label} is {subject.state}: {event} cannot follow.")
    return replace(subject, state=step[0], **changes)
