"""A person asks for a role."""

from dbaccess.domain.errors import AlreadyOpen
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.request import Request, RequestId, RequestState
from dbaccess.operations.announce import announce
from dbaccess.operations.identify import Workspace, identify
from dbaccess.operations.outcome import carry_out
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


def submit(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    ask: Ask,
    intake_key: str,
) -> Request:
    """The request is recorded and its messages are planned: pending, or approved where nobody has to say yes.

    Raises the `Refused` that says what would work instead, `Replayed` for a payload taken before.
    """
    with begin() as uow:
        uow.intake.take(intake_key)
        person = identify(uow, slack_id, workspace)
        rule = policy.check(person, ask, now=uow.now)
        _refuse_second(uow, policy, person, ask)
        terms = policy.terms(person, ask, rule)
        request = uow.requests.add(
            Request(
                id=RequestId(0),
                requester_slack_id=slack_id,
                terms=terms,
                fingerprint=terms.fingerprint,
                policy_hash=policy.hash,
                state=RequestState.PENDING,
                submitted_at=uow.now,
                decide_by=uow.now + rule.decide_within,
            )
        )
        uow.record(
            Event(
                kind=EventKind.REQUEST_SUBMITTED,
                actor=terms.requester,
                request_id=request.id,
                data={
                    "slack_id": slack_id,
                    "terms": terms.as_json(),
                    "fingerprint": request.fingerprint,
                    "policy_hash": policy.hash,
                    "decide_by": request.decide_by.isoformat(),
                },
            )
        )
        uow.messages.plan(request.id, MessageKind.REQUEST, channel=policy.target(ask.target).channel)
        uow.messages.plan(request.id, MessageKind.SUBMITTED, channel=slack_id)
        if not terms.approvals:
            request = _approve(uow, request)
        announce(uow, request.id)
        uow.commit()
    return request


def _approve(uow: UnitOfWork, request: Request) -> Request:
    """The rule asks for nobody's approval."""
    approved = advance(request, EventKind.REQUEST_AUTO_APPROVED, decided_at=uow.now)
    uow.requests.save(approved)
    data = {"rule": request.terms.rule}
    uow.record(Event(kind=EventKind.REQUEST_AUTO_APPROVED, actor="system", request_id=request.id, data=data))
    carry_out(uow, approved, [])
    return approved


def _refuse_second(uow: UnitOfWork, policy: Policy, person: Person, ask: Ask) -> None:
    me = policy.person_id(person.slack_id)
    for request in uow.requests.pending_of(me):
        if (request.terms.target, request.terms.role) == (ask.target, ask.role):
            raise AlreadyOpen(f"{request.label} for this is still open.")
    for grant in uow.grants.open_of(me):
        if (grant.target, grant.role) == (ask.target, ask.role):
            raise AlreadyOpen(f"{grant.label} for this is still open.")
