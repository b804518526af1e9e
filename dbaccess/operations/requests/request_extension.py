"""Requests for more time on an active grant."""

from dataclasses import dataclass
from datetime import timedelta

from dbaccess.domain.errors import AlreadyOpen, NotYours, Refused
from dbaccess.domain.extension import Extendable, extendable, extension_terms
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, RequestState
from dbaccess.domain.terms import RequestKind, Terms
from dbaccess.operations.identity import Workspace, identify
from dbaccess.operations.message_updates import schedule_message_update
from dbaccess.operations.rate_limit import limit_requests
from dbaccess.operations.requests.create import approve_by_rule, create_request
from dbaccess.operations.requests.enough_reviewers import check_reviewable
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreTime:
    """An ask for more time: the grant, the added time, and the reason."""

    grant_id: GrantId
    more: timedelta
    reason: str


def extend(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    workspace: Workspace,
    slack_id: SlackId,
    ask: MoreTime,
    idempotency_key: str,
) -> Request:
    """Record the request for an extension; if not decided by its end, the grant ends as granted.

    Raises the `Refused` that says what would work instead, and `DuplicateRequest` for a payload taken before.
    """
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        found = extension_offer(
            uow, policy=policy, workspace=workspace, slack_id=slack_id, grant_id=ask.grant_id
        )
        uow.take_turn(policy.person_id(slack_id))
        accounts = policy.accounts(slack_id)
        limit_requests(uow, accounts, uow.requests.pending_of(accounts))
        granted = uow.requests.get(found.grant.request_id).terms
        terms = extension_terms(found, granted=granted, policy=policy, more=ask.more, reason=ask.reason)
        check_reviewable(uow, policy, workspace, slack_id, terms.approvals)
        decide_by = uow.now + found.rule.decide_within
        if found.grant.expires_at is not None:
            decide_by = min(decide_by, found.grant.expires_at)
        request = create_request(uow, policy=policy, slack_id=slack_id, terms=terms, decide_by=decide_by)
        uow.messages.plan(request.id, MessageKind.THREAD_EXTENSION, channel="")
        uow.messages.plan(request.id, MessageKind.SUBMITTED, channel=slack_id)
        if not terms.approvals:
            request = approve_by_rule(uow, request)
        schedule_message_update(uow, request.id)
        uow.commit()
    return request


def extension_offer(
    uow: UnitOfWork, *, policy: Policy, workspace: Workspace, slack_id: SlackId, grant_id: GrantId
) -> Extendable:
    """Return how much time this person may request now; raises the `Refused` with the reason."""
    person = identify(uow, slack_id, policy, workspace)
    grant = uow.grants.get(grant_id)
    if grant.holder_slack_id != slack_id:
        raise NotYours("Only the holder can ask for more time, with the account that asked for the grant.")
    found = remaining_extension(uow, policy, person, grant)
    _refuse_second(uow, grant)
    return found


def may_extend(uow: UnitOfWork, policy: Policy, person: Person, grant: Grant) -> bool:
    """Return whether `extension_offer` has time for this person."""
    if grant.state is not GrantState.ACTIVE or grant.holder_slack_id != person.slack_id:
        return False
    try:
        remaining_extension(uow, policy, person, grant)
        _refuse_second(uow, grant)
    except Refused:
        return False
    return True


def _refuse_second(uow: UnitOfWork, grant: Grant) -> None:
    settled = {extension.request_id for extension in uow.extensions.of(grant.id)}
    for request in uow.requests.of_grant(grant.id):
        if request.terms.kind is not RequestKind.EXTENSION or request.id in settled:
            continue
        if request.state in {RequestState.PENDING, RequestState.APPROVED}:
            raise AlreadyOpen(f"{request.label} for more time is still open.")


def remaining_extension(uow: UnitOfWork, policy: Policy, holder: Person, grant: Grant) -> Extendable:
    """Return how much may be added now, by which rule; raises the `Refused` with the reason."""
    added = sum((extension.added for extension in uow.extensions.of(grant.id)), start=timedelta(0))
    granted = uow.requests.get(grant.request_id).terms
    return extendable(policy, holder, grant=grant, granted=granted, added=added, now=uow.now)


def current_extension_terms(uow: UnitOfWork, policy: Policy, holder: Person, asked: Terms) -> Terms:
    """Return the terms that the same extension has now; raises `Refused` if it is not allowed."""
    grant = uow.grants.get(GrantId(asked.of_grant or 0))
    return extension_terms(
        remaining_extension(uow, policy, holder, grant),
        granted=uow.requests.get(grant.request_id).terms,
        policy=policy,
        more=asked.duration,
        reason=asked.reason,
    )
