"""The stage of a request, in the words that its messages begin with."""

from datetime import datetime
from enum import StrEnum

from dbaccess.domain.failures import TOLD_AFTER
from dbaccess.domain.grant import EndCause, Grant, GrantState
from dbaccess.domain.request import RequestState, Review, Verdict
from dbaccess.domain.request_details import RequestDetails
from dbaccess.domain.terms import RequestKind


class Stage(StrEnum):
    """One for each form of the approval message."""

    WAITING = "Waiting"
    APPROVED = "Approved, not active yet"
    ACTIVE = "Active"
    ENDING = "Ending"
    ENDED = "Ended"
    DENIED = "Denied"
    LAPSED = "Lapsed"
    WITHDRAWN = "Withdrawn"
    STALE = "Stale"
    PROBLEM = "Problem"
    NEVER_ACTIVE = "Never active"
    WRITTEN_OFF = "Written off, not verified"


_DECIDED = {
    RequestState.PENDING: Stage.WAITING,
    RequestState.APPROVED: Stage.APPROVED,
    RequestState.DENIED: Stage.DENIED,
    RequestState.WITHDRAWN: Stage.WITHDRAWN,
    RequestState.LAPSED: Stage.LAPSED,
    RequestState.STALE: Stage.STALE,
}


def stage_of(details: RequestDetails) -> Stage:
    """Return the stage: of the decision for an extension, else of the grant."""
    if details.grant is None or details.request.terms.kind is not RequestKind.ACCESS:
        return _DECIDED[details.request.state]
    return stage_of_grant(details.grant)


def stage_of_grant(grant: Grant) -> Stage:
    """Return the stage of a grant, which claims only what the state proves."""
    if grant.state is GrantState.ENDED:
        return Stage.ENDED if grant.activated_at else Stage.NEVER_ACTIVE
    if grant.state is GrantState.WRITTEN_OFF:
        return Stage.WRITTEN_OFF
    if grant.state is GrantState.REVOKING:
        return Stage.PROBLEM if _gave_up(grant) else Stage.ENDING
    if grant.state is GrantState.ACTIVE:
        return Stage.ACTIVE
    return Stage.PROBLEM if grant.attempts >= TOLD_AFTER and grant.last_failure else Stage.APPROVED


def _gave_up(grant: Grant) -> bool:
    return grant.activated_at is None and grant.end_cause is EndCause.ABANDONED


def grant_of(details: RequestDetails) -> Grant:
    """Return the grant; its kind of message always has one."""
    if details.grant is None:
        raise ValueError(f"{details.request.label} has no grant.")
    return details.grant


def due_at(details: RequestDetails) -> datetime:
    """Return when access should be gone: at the end, or at an earlier revocation."""
    return grant_of(details).due_at or details.now


def approvals(details: RequestDetails) -> tuple[Review, ...]:
    """Return those that count, in the order in which they were made."""
    return tuple(review for review in details.reviews if review.approves)


def denial(details: RequestDetails) -> Review | None:
    return next((review for review in details.reviews if review.verdict is Verdict.DENIED), None)


def decided_at(details: RequestDetails) -> datetime:
    """Return when the request left pending; until then, when it was submitted."""
    return details.request.decided_at or details.request.submitted_at
