"""Lapse of requests that were not decided in time."""

from collections.abc import Sequence
from functools import partial

import structlog

from dbaccess.domain.events import BY_SYSTEM, Event, EventKind
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import RequestId
from dbaccess.operations.batches import in_halves
from dbaccess.operations.context import check_records
from dbaccess.operations.message_updates import schedule_message_update
from dbaccess.ports import UnitOfWorkFactory

BATCH = 100

_log = structlog.get_logger(__name__)


def lapse(begin: UnitOfWorkFactory) -> list[RequestId]:
    """Lapse every pending request past its time, a batch at a time; return them.

    A failure of one stops no other.
    """
    with begin() as uow:
        due = [request.id for request in uow.requests.due_to_lapse(uow.now, limit=BATCH)]
    lapsed: list[RequestId] = []
    in_halves(due, partial(_lapse, begin, lapsed), alone=_not_lapsed, check=partial(check_records, begin))
    return lapsed


def _lapse(begin: UnitOfWorkFactory, lapsed: list[RequestId], request_ids: Sequence[RequestId]) -> None:
    """Lapse them after a second check under the lock: a reviewer may have decided meanwhile."""
    with begin() as uow:
        due = uow.requests.due_to_lapse(uow.now, limit=BATCH, only=request_ids)
        for request in due:
            uow.requests.save(advance(request, EventKind.REQUEST_LAPSED, decided_at=uow.now))
            uow.record(Event(kind=EventKind.REQUEST_LAPSED, actor=BY_SYSTEM, request_id=request.id))
            uow.messages.plan(request.id, MessageKind.LAPSED, channel=request.requester_slack_id)
            schedule_message_update(uow, request.id)
        uow.commit()
    lapsed += [request.id for request in due]


def _not_lapsed(request_id: RequestId, error: Exception) -> None:
    _log.error("request not lapsed", request=f"R-{request_id}", exc_info=error)
