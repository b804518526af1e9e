"""Requests for a role."""

from dataclasses import replace

from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.request import Request, RequestId
from dbaccess.operations.identity import Workspace, identify
from dbaccess.operations.message_updates import schedule_message_update
from dbaccess.operations.rate_limit import limit_requests
from dbaccess.operations.requests.create import approve_by_rule, create_request, refuse_second
from dbaccess.operations.requests.enough_reviewers import check_reviewable
from dbaccess.operations.requests.withdraw import withdraw_for_another
from dbaccess.ports import UnitOfWorkFactory


def submit(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    ask: Ask,
    idempotency_key: str,
    instead_of: RequestId | None = None,
) -> Request:
    """Record the request and plan its messages; it is approved if the rule needs no approval.

    `instead_of` is an own request that stands in its way: it is withdrawn in the same transaction.

    Raises the `Refused` that says what would work instead, and `DuplicateRequest` for a payload taken before.
    """
    ask = replace(ask, break_glass=False)  # break-glass is an operation of its own
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        person = identify(uow, slack_id, policy, workspace)
        rule = policy.check(person, ask, now=uow.now)
        uow.take_turn(policy.person_id(slack_id))
        if instead_of is not None:
            withdraw_for_another(uow, policy, slack_id, instead_of)
        limit_requests(uow, policy.accounts(slack_id), refuse_second(uow, policy, person, ask))
        terms = policy.terms(person, ask, rule)
        check_reviewable(uow, policy, workspace, slack_id, terms.approvals)
        decide_by = uow.now + rule.decide_within
        request = create_request(uow, policy=policy, slack_id=slack_id, terms=terms, decide_by=decide_by)
        uow.messages.plan(request.id, MessageKind.REQUEST, channel=policy.target(ask.target).channel)
        uow.messages.plan(request.id, MessageKind.SUBMITTED, channel=slack_id)
        if not terms.approvals:
            request = approve_by_rule(uow, request)
        schedule_message_update(uow, request.id)
        uow.commit()
    return request
