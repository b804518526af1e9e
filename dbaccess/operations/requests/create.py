"""Creation of a request: its row, and its terms in the ledger."""

from datetime import datetime

from dbaccess.domain.errors import AlreadyOpen
from dbaccess.domain.events import BY_SYSTEM, Event, EventKind
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.request import Request, RequestId, RequestState
from dbaccess.domain.terms import RequestKind, Terms
from dbaccess.operations.activity.capture import refuse_uncaptured
from dbaccess.operations.lockdown_effect import refuse_in_lockdown
from dbaccess.operations.requests.apply_approval import apply_approval
from dbaccess.ports import UnitOfWork


def create_request(
    uow: UnitOfWork, *, policy: Policy, slack_id: SlackId, terms: Terms, decide_by: datetime
) -> Request:
    """The pending request; raises `AlreadyOpen` where the same is pending, `InLockdown` or `NotCaptured`."""
    refuse_in_lockdown(uow, policy, terms.target, break_glass=terms.break_glass)
    refuse_uncaptured(uow, policy, terms)
    request = uow.requests.add(
        Request(
            id=RequestId(0),
            requester_slack_id=slack_id,
            terms=terms,
            fingerprint=terms.fingerprint,
            policy_hash=policy.hash,
            state=RequestState.PENDING,
            submitted_at=uow.now,
            decide_by=decide_by,
        )
    )
    uow.record(
        Event(
            kind=EventKind.REQUEST_SUBMITTED,
            # By the name in the terms, which the database compares. An extension has its grant's, after a
            # renaming too.
            actor=request.requester,
            request_id=request.id,
            data={
                "slack_id": slack_id,
                "terms": terms.as_json(),
                "fingerprint": request.fingerprint,
                "policy_hash": policy.hash,
                # The database compares this text with its own of the row's time.
                "decide_by": request.decide_by.isoformat(timespec="microseconds"),
            },
        )
    )
    return request


def approve_by_rule(uow: UnitOfWork, request: Request) -> Request:
    """Approve a request if its rule needs no approval."""
    approved = advance(request, EventKind.REQUEST_AUTO_APPROVED, decided_at=uow.now)
    uow.requests.save(approved)
    data = {"rule": request.terms.rule}
    uow.record(Event(kind=EventKind.REQUEST_AUTO_APPROVED, actor=BY_SYSTEM, request_id=request.id, data=data))
    apply_approval(uow, approved, [])
    return approved


def refuse_second(uow: UnitOfWork, policy: Policy, person: Person, ask: Ask) -> list[Request]:
    """Return the person's open requests; raises `AlreadyOpen` if this role is among them, or held."""
    accounts = policy.accounts(person.slack_id)
    waiting = uow.requests.pending_of(accounts)
    for request in waiting:
        asked = (request.terms.target, request.terms.role, request.terms.kind)
        if asked == (ask.target, ask.role, RequestKind.ACCESS):
            raise AlreadyOpen(f"{request.label} for this is still open.", request_id=request.id)
    for grant in uow.grants.open_of(accounts):
        if (grant.target, grant.role) == (ask.target, ask.role):
            raise AlreadyOpen(f"{grant.label} for this is still open.")
    return waiting
