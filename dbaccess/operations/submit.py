"""A person asks for a role."""

from dbaccess.domain.errors import AlreadyOpen
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.request import Request
from dbaccess.domain.terms import RequestKind
from dbaccess.operations.announce import announce
from dbaccess.operations.enter import approve_by_rule, enter
from dbaccess.operations.identify import Workspace, identify
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
        decide_by = uow.now + rule.decide_within
        request = enter(uow, policy=policy, slack_id=slack_id, terms=terms, decide_by=decide_by)
        uow.messages.plan(request.id, MessageKind.REQUEST, channel=policy.target(ask.target).channel)
        uow.messages.plan(request.id, MessageKind.SUBMITTED, channel=slack_id)
        if not terms.approvals:
            request = approve_by_rule(uow, request)
        announce(uow, request.id)
        uow.commit()
    return request


def _refuse_second(uow: UnitOfWork, policy: Policy, person: Person, ask: Ask) -> None:
    me = policy.person_id(person.slack_id)
    for request in uow.requests.pending_of(me):
        asked = (request.terms.target, request.terms.role, request.terms.kind)
        if asked == (ask.target, ask.role, RequestKind.ACCESS):
            raise AlreadyOpen(f"{request.label} for this is still open.")
    for grant in uow.grants.open_of(me):
        if (grant.target, grant.role) == (ask.target, ask.role):
            raise AlreadyOpen(f"{grant.label} for this is still open.")
