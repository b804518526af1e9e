"""Alarms about overdue grants, repeated until each end is verified."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.message import MessageKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.overdue import MANY, Overdue
from dbaccess.domain.request import RequestId
from dbaccess.operations.batches import each, in_halves
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.delivery.messages import channel_of
from dbaccess.operations.message_updates import plan_notice, schedule_grant_updates
from dbaccess.ports import UnitOfWork

AFTER: Final = timedelta(seconds=30)
REPEAT_AFTER: Final = timedelta(hours=1)
LIMIT: Final = 100
REPEAT_LIMIT: Final = 500
ALARMS: Final = (MessageKind.OVERDUE, MessageKind.CHANNEL_OVERDUE)
"""The alarms of one transaction; the next round handles others."""

NAMED: Final = 10
"""The most grants that a log line names."""

Alarm = tuple[RequestId, MessageKind, str]
"""A message to plan: its request, its kind and its channel."""

log = structlog.get_logger()


def raise_alarm(context: WorkerContext) -> None:
    """Log grants overdue for `AFTER`, and alert the operators and the target's channel once for each.

    One message reports many grants of one target. A failed alarm stops no other.
    """
    with context.begin() as uow:
        since = uow.now - AFTER
        _log_overdue(uow, since)
        many = [one for one in uow.grants.overdue_by_target(since) if one.count >= MANY]
        # Without the targets of a shared message: their grants would fill each round and hide others.
        summed = [one.target for one in many]
        untold = uow.grants.overdue(since, untold=MessageKind.OVERDUE, but=summed, limit=LIMIT)
    each(many, partial(_tell_sum, context), what="overdue alarm", check=context.check_records)
    in_halves(untold, partial(_tell, context), alone=_not_told, check=context.check_records)


def _log_overdue(uow: UnitOfWork, since: datetime) -> None:
    """Log the ids alone, so that the line is written whatever else is wrong with these grants."""
    overdue, due_at = uow.grants.overdue(since, limit=LIMIT), uow.grants.overdue_since(since)
    if overdue and due_at is not None:
        names = [f"G-{grant_id}" for grant_id in overdue[:NAMED]]
        late = (uow.now - due_at).total_seconds()
        log.error("grants overdue", count=len(overdue), late=late, grants=names)


def _tell_sum(context: WorkerContext, overdue: Overdue) -> None:
    with context.begin() as uow:
        _plan_sum(context, uow, overdue)
        uow.commit()


def _tell(context: WorkerContext, grant_ids: Sequence[GrantId]) -> None:
    with context.begin() as uow:
        told = [grant for grant in uow.grants.get_all(grant_ids) if grant.is_overdue(uow.now)]
        uow.messages.plan_all([alarm for grant in told for alarm in _alarms(context, uow, grant)])
        schedule_grant_updates(uow, told)
        uow.commit()


def _not_told(grant_id: GrantId, error: Exception) -> None:
    log.error("alarm not raised", grant=f"G-{grant_id}", exc_info=error)


def alarms(context: WorkerContext, uow: UnitOfWork, failed: Sequence[Grant]) -> list[Alarm]:
    """Return the alarms for each of these grants; from `MANY` of one target on, one message reports all."""
    by_target: dict[str, list[Grant]] = defaultdict(list)
    for grant in failed:
        by_target[grant.target].append(grant)
    found: list[Alarm] = []
    for target, grants in by_target.items():
        if len(grants) < MANY:
            found += [alarm for grant in grants for alarm in _alarms(context, uow, grant)]
            continue
        due_at = min(grant.due_at or uow.now for grant in grants)
        first = min(grant.id for grant in grants)
        _plan_sum(context, uow, Overdue(target=target, count=len(grants), first=first, due_at=due_at))
    return found


def _plan_sum(context: WorkerContext, uow: UnitOfWork, overdue: Overdue) -> None:
    """Plan one message about the target in each channel, kept up to date, and a new one each hour."""
    operators, target = context.policy.ops_channel, context.policy.targets.get(overdue.target)
    for channel in {operators, target.channel if target else operators}:
        kind, since = NoticeKind.MANY_OVERDUE, uow.now - REPEAT_AFTER
        if uow.notices.knows_open(kind, channel=channel, target=overdue.target, since=since):
            continue
        # Two hosts that run at once plan the same one.
        hour = (uow.now - overdue.due_at) // REPEAT_AFTER
        key = f"overdue:{overdue.target}:{overdue.first}:{hour}"
        uow.notices.plan(kind, key=key, channel=channel, data={"target": overdue.target})


def _alarms(context: WorkerContext, uow: UnitOfWork, grant: Grant) -> Iterator[Alarm]:
    """Yield the alarm for the operators' channel, and for the target's channel if that is another."""
    operators = context.policy.ops_channel
    yield grant.request_id, MessageKind.OVERDUE, operators
    channel = _channel_of_target(context, uow, grant)
    if channel is not None and channel != operators:
        yield grant.request_id, MessageKind.CHANNEL_OVERDUE, channel


def _channel_of_target(context: WorkerContext, uow: UnitOfWork, grant: Grant) -> str | None:
    """Return the target's channel; if the configuration lost it, the one where the request was posted."""
    target = context.policy.targets.get(grant.target)
    if target is not None:
        return target.channel
    messages = uow.messages.of(grant.request_id)
    return next((m.posted_channel for m in messages if m.kind is MessageKind.REQUEST), None)


def repeat_alarm(context: WorkerContext) -> None:
    """Repeat the alarm of overdue grants in each channel, once each full hour.

    Restarts do not change the hours; hours without a running worker are not made up for. A grant whose alarm
    fails stops no other.
    """
    with context.begin() as uow:
        # `raise_alarm` repeats the shared message itself.
        many = [one.target for one in uow.grants.overdue_by_target(uow.now - AFTER) if one.count >= MANY]
        overdue = uow.grants.overdue(uow.now, but=many, limit=REPEAT_LIMIT)
    each(overdue, partial(_repeat, context), what="repeated alarm", check=context.check_records)


def _repeat(context: WorkerContext, grant_id: GrantId) -> None:
    with context.begin() as uow:
        grant = uow.grants.get(grant_id)
        told = {
            channel_of(context.policy, message, grant.target): message.posted_at
            for message in uow.messages.of(grant.request_id)
            if message.kind in ALARMS and message.posted_at is not None
        }
        for channel, since in told.items():
            hours = (uow.now - since) // REPEAT_AFTER
            if hours > 0:
                plan_notice(
                    uow,
                    NoticeKind.STILL_OVERDUE,
                    key=f"overdue:{grant.label}:{hours}",
                    channel=channel,
                    data={"grant": grant.id, "until": (since + (hours + 1) * REPEAT_AFTER).isoformat()},
                )
        uow.commit()
