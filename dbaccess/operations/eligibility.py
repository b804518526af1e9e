"""Whether somebody may review a request now, and whether it is still the one that was asked."""

from dbaccess.domain.errors import (
    AlreadyDecided,
    AlreadyReviewed,
    Changed,
    NotEligible,
    OwnRequest,
    Refused,
)
from dbaccess.domain.people import Person
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.quorum import missing_slots, slot_for
from dbaccess.domain.request import Request, RequestState, Review
from dbaccess.operations.identify import Workspace, check_may_act
from dbaccess.ports import UnitOfWork


def check_reviewer(uow: UnitOfWork, policy: Policy, request: Request, reviewer: Person) -> str:
    """The group in whose name this person may review the request now; raises why they may not."""
    me = policy.person_id(reviewer.slack_id)
    groups = [group for group, _ in request.terms.approvals]
    if me == request.requester:
        raise OwnRequest(f"Your own request: somebody else in {' or '.join(groups)} reviews it.")
    reviews = uow.reviews.of(request.id)
    if request.state is not RequestState.PENDING:
        raise AlreadyDecided(_decided(uow, request, reviews))
    if uow.now >= request.decide_by:
        raise AlreadyDecided(f"{request.label} was to be decided before; it lapses now.")
    mine = [g for g in groups if policy.belongs(reviewer, g)] if not reviewer.is_guest else []
    if not mine:
        only = " or ".join(groups)
        raise NotEligible(f"Only {only} reviews this; you are not in {only}.")
    if any(review.reviewer == me for review in reviews):
        raise AlreadyReviewed("You have reviewed this already.")
    return slot_for(mine, missing_slots(request.terms.approvals, [r.group for r in reviews]))


def check_unchanged(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, request: Request, fingerprint: str
) -> None:
    """Raises `Changed` unless what was shown, what was asked and what the policy says now are one thing."""
    changed = Changed("This changed, look again.")
    if fingerprint != request.fingerprint or request.terms.fingerprint != request.fingerprint:
        raise changed
    requester = uow.directory.person(request.requester_slack_id)
    if requester is None:
        raise changed
    try:
        check_may_act(requester, workspace)
        if terms_now(policy, requester, request) != request.fingerprint:
            raise changed
    except Refused as refused:
        raise changed from refused


def terms_now(policy: Policy, requester: Person, request: Request) -> str:
    """The fingerprint the same ask would have now; raises `Refused` where it could not be asked."""
    terms = request.terms
    ask = Ask(
        target=terms.target,
        role=terms.role,
        duration=terms.duration,
        reason=terms.reason,
        ticket=terms.ticket,
    )
    return policy.terms(requester, ask, policy.check(requester, ask)).fingerprint


def _decided(uow: UnitOfWork, request: Request, reviews: list[Review]) -> str:
    last = reviews[-1] if reviews else None
    if last is None or request.state not in {RequestState.APPROVED, RequestState.DENIED}:
        return f"{request.label} is {request.state} already."
    person = uow.directory.person(last.reviewer_slack_id)
    at = f"<!date^{int(last.reviewed_at.timestamp())}^{{time}}|{last.reviewed_at:%H:%M} UTC>"
    return f"{person.name if person else last.reviewer} {last.verdict} this at {at}."
