"""The messages of the requests channel, and the next look at them."""

from datetime import timedelta

from dbaccess.domain.request import Request
from sandbox.client import Message
from tests.operations.house import PRIYA, House

CHANNEL = "C0APPROVALS"


def in_channel(house: House) -> list[Message]:
    return house.slack.person(PRIYA).messages(CHANNEL)


def roots(house: House) -> list[Message]:
    return [message for message in in_channel(house) if not message.thread_ts]


def due_in(house: House, request: Request) -> timedelta | None:
    """When its messages are looked at again; None: they show the present state."""
    with house.work() as uow:
        for seconds in range(0, 120, 1):
            due = uow.messages.due(uow.now + timedelta(seconds=seconds), limit=100)
            if request.id in {stream.request_id for stream in due}:
                return timedelta(seconds=seconds)
    return None
