"""Nobody decided in time."""

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import RequestId
from dbaccess.operations.announce import announce
from dbaccess.ports import UnitOfWorkFactory

BATCH = 100


def lapse(begin: UnitOfWorkFactory) -> list[RequestId]:
    """Every pending request whose time to be decided is over has lapsed, a batch at a time."""
    with begin() as uow:
        due = uow.requests.due_to_lapse(uow.now, limit=BATCH)
        for request in due:
            uow.requests.save(advance(request, EventKind.REQUEST_LAPSED, decided_at=uow.now))
            uow.record(Event(kind=EventKind.REQUEST_LAPSED, actor="system", request_id=request.id))
            uow.messages.plan(request.id, MessageKind.LAPSED, channel=request.requester_slack_id)
            announce(uow, request.id)
        uow.commit()
    return [request.id for request in due]
