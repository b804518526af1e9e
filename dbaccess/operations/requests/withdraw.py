"""Withdrawal of a request by its requester."""

from dbaccess.domain.errors import AlreadyDecided, NotYours
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.request import Request, RequestId, RequestState
from dbaccess.domain.terms import RequestKind
from dbaccess.operations.message_updates import schedule_message_update
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory


def withdraw(
    begin: UnitOfWorkFactory,
    *,
    policy: Policy,
    slack_id: SlackId,
    request_id: RequestId,
    idempotency_key: str,
) -> Request:
    """Withdraw the request; raises `NotYours`, `AlreadyDecided` or `DuplicateRequest`."""
    with begin() as uow:
        uow.idempotency_keys.claim(idempotency_key)
        request = _lock_own(uow, policy, slack_id, request_id)
        if request.state is not RequestState.PENDING:
            way_on = " End it with /dbaccess done." if request.state is RequestState.APPROVED else ""
            raise AlreadyDecided(f"{request.label} is already {request.state}.{way_on}")
        withdrawn = _withdraw(uow, request)
        uow.commit()
    return withdrawn


def withdraw_for_another(uow: UnitOfWork, policy: Policy, slack_id: SlackId, request_id: RequestId) -> None:
    """Withdraw an own request that another one replaces in this transaction.

    A request that ended meanwhile without access is out of the way already. Raises `NotYours`, and
    `AlreadyDecided` where an approval came first: its grant is open.
    """
    request = _lock_own(uow, policy, slack_id, request_id)
    if request.state is RequestState.APPROVED:
        raise AlreadyDecided(f"{request.label} was approved meanwhile. Nothing was withdrawn or sent.")
    if request.state is RequestState.PENDING:
        _withdraw(uow, request)


def withdraw_same(uow: UnitOfWork, policy: Policy, slack_id: SlackId, ask: Ask) -> None:
    """Withdraw what this person waits for of the same role: a break-glass takes its place at once.

    Where an approval came first, its grant is open, and stays.
    """
    for waiting in uow.requests.pending_of(policy.accounts(slack_id)):
        terms = waiting.terms
        if (terms.target, terms.role, terms.kind) != (ask.target, ask.role, RequestKind.ACCESS):
            continue
        request = uow.requests.lock(waiting.id)  # a reviewer may decide it at this moment
        if request.state is RequestState.PENDING:
            _withdraw(uow, request)


def _lock_own(uow: UnitOfWork, policy: Policy, slack_id: SlackId, request_id: RequestId) -> Request:
    request = uow.requests.lock(request_id)
    if not policy.is_same(slack_id, request.requester_slack_id):
        raise NotYours("Only the requester can withdraw a request.")
    return request


def _withdraw(uow: UnitOfWork, request: Request) -> Request:
    withdrawn = advance(request, EventKind.REQUEST_WITHDRAWN, decided_at=uow.now)
    uow.requests.save(withdrawn)
    # By the name in the request, which the database compares: another name would be the bot's word.
    actor = request.requester
    uow.record(Event(kind=EventKind.REQUEST_WITHDRAWN, actor=actor, request_id=request.id))
    schedule_message_update(uow, request.id)
    return withdrawn
