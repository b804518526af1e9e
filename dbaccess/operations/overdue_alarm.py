"""An end that is late by time alone is an alarm: no attempt need have been made, or recorded."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import structlog

from dbaccess.domain.grant import Grant
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import RequestId
from dbaccess.operations.announce import announce_grants
from dbaccess.operations.hands import Hands
from dbaccess.ports import UnitOfWork

AFTER: Final = timedelta(seconds=30)
LIMIT: Final = 100
"""How many are told in one transaction; the next look tells of others."""

NAMED: Final = 10
"""How many a line of the log names."""

Alarm = tuple[RequestId, MessageKind, str]
"""A message to plan: of which request, which, and in which channel."""

log = structlog.get_logger()


def raise_alarm(hands: Hands) -> None:
    """Log what is overdue for `AFTER`, and tell the operators and the target's channel of each grant once."""
    with hands.begin() as uow:
        since = uow.now - AFTER
        overdue = uow.grants.overdue(since, limit=LIMIT)
        if overdue:
            late = uow.now - (overdue[0].due_at or uow.now)
            names = [grant.label for grant in overdue[:NAMED]]
            log.error("grants overdue", count=len(overdue), late=late.total_seconds(), grants=names)
        told, planned = list[Grant](), list[Alarm]()
        for grant in uow.grants.overdue(since, untold=MessageKind.OVERDUE, limit=LIMIT):
            planned += alarms(hands, uow, grant)
            told.append(grant)
        uow.messages.plan_all(planned)
        announce_grants(uow, told)
        uow.commit()


def alarms(hands: Hands, uow: UnitOfWork, grant: Grant) -> Iterator[Alarm]:
    """Once in the operators' channel, and once in the target's where that is another."""
    operators = hands.policy.ops_channel
    yield grant.request_id, MessageKind.OVERDUE, operators
    channel = _channel_of_target(hands, uow, grant)
    if channel is not None and channel != operators:
        yield grant.request_id, MessageKind.CHANNEL_OVERDUE, channel


def _channel_of_target(hands: Hands, uow: UnitOfWork, grant: Grant) -> str | None:
    """Where this configuration has the target no more: where the request was posted, if it was."""
    target = hands.policy.targets.get(grant.target)
    if target is not None:
        return target.channel
    messages = uow.messages.of(grant.request_id)
    return next((m.posted_channel for m in messages if m.kind is MessageKind.REQUEST), None)
