"""The holder hears that a grant is about to end."""

from datetime import datetime, timedelta

from dbaccess.domain.grant import Grant, GrantState
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import RequestId
from dbaccess.operations.announce import announce
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory

BEFORE = timedelta(minutes=15)
LONGER_THAN = timedelta(minutes=30)
"""The end of a shorter grant is known since its start."""


def remind(begin: UnitOfWorkFactory) -> list[RequestId]:
    """Every holder of a grant that ends soon has a reminder planned, once for each end; those planned now."""
    with begin() as uow:
        soon = [grant for grant in uow.grants.open() if _ends_soon(grant, uow.now)]
        planned = []
        for grant in soon:
            of_end = _what_set_the_end(uow, grant)
            if any(message.kind is MessageKind.REMINDER for message in uow.messages.of(of_end)):
                continue
            uow.messages.plan(of_end, MessageKind.REMINDER, channel=grant.holder_slack_id)
            announce(uow, of_end)
            planned.append(of_end)
        if planned:
            uow.commit()
    return planned


def _what_set_the_end(uow: UnitOfWork, grant: Grant) -> RequestId:
    """The last extension that was carried out, else the grant's own request."""
    later = [extension.request_id for extension in uow.extensions.of(grant.id) if extension.expires_at]
    return later[-1] if later else grant.request_id


def _ends_soon(grant: Grant, now: datetime) -> bool:
    if grant.state is not GrantState.ACTIVE or grant.expires_at is None or grant.duration <= LONGER_THAN:
        return False
    return now < grant.expires_at <= now + BEFORE
