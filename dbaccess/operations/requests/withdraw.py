"""Withdrawal of a request by its requester."""

from dbaccess.domain.errors import AlreadyDecided, NotYours
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, RequestId, RequestState
from dbaccess.operations.planning import schedule_message_update
from dbaccess.ports import UnitOfWorkFactory


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
        request = uow.requests.lock(request_id)
        me = policy.person_id(slack_id)
        if not policy.is_same(slack_id, request.requester_slack_id):
            raise NotYours("Only the requester can withdraw a request.")
        if request.state is not RequestState.PENDING:
            raise AlreadyDecided(f"{request.label} is already {request.state}.")
        withdrawn = advance(request, EventKind.REQUEST_WITHDRAWN, decided_at=uow.now)
        uow.requests.save(withdrawn)
        uow.record(Event(kind=EventKind.REQUEST_WITHDRAWN, actor=me, request_id=request.id))
        schedule_message_update(uow, request.id)
        uow.commit()
    return withdrawn
