"""Reminders to holders before the end of a grant."""

from datetime import timedelta

from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import RequestId
from dbaccess.operations.batches import BATCH
from dbaccess.operations.message_updates import schedule_message_updates
from dbaccess.ports import UnitOfWorkFactory

BEFORE = timedelta(minutes=15)
LONGER_THAN = timedelta(minutes=30)
"""The holder of a shorter grant knows its end since the start."""


def remind_holders(begin: UnitOfWorkFactory) -> list[RequestId]:
    """Plan a reminder for every grant that ends soon, once for each end; return those planned now."""
    planned: list[RequestId] = []
    while batch := _plan(begin):
        planned += batch
    return planned


def _plan(begin: UnitOfWorkFactory) -> list[RequestId]:
    with begin() as uow:
        soon = uow.grants.to_remind(
            after=uow.now, until=uow.now + BEFORE, longer_than=LONGER_THAN, limit=BATCH
        )
        uow.messages.plan_all([(request_id, MessageKind.REMINDER, holder) for request_id, holder in soon])
        schedule_message_updates(uow, [request_id for request_id, _ in soon])
        uow.commit()
    return [request_id for request_id, _ in soon]
