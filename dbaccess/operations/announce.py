"""The messages of a request are to show its present state."""

from dbaccess.domain.grant import Grant
from dbaccess.domain.request import RequestId
from dbaccess.ports import Job, UnitOfWork


def announce(uow: UnitOfWork, request_id: RequestId) -> None:
    """A notify job is in the outbox, and the messages are due should it get lost."""
    uow.messages.touch(request_id, next_attempt_at=uow.now)
    uow.enqueue(Job.NOTIFY, request_id)


def announce_grant(uow: UnitOfWork, grant: Grant) -> None:
    """So are those of everything that was asked about the grant: its request, extensions, reviews."""
    announce(uow, grant.request_id)
    for request in uow.requests.of_grant(grant.id):
        announce(uow, request.id)
