"""Marking of messages as out of date; the `messages` part posts them after the commit."""

from collections.abc import Mapping, Sequence
from typing import Any

from dbaccess.domain.grant import Grant
from dbaccess.domain.message import MessageKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.request import RequestId
from dbaccess.operations.context import WorkerContext
from dbaccess.ports import UnitOfWork


def schedule_message_update(uow: UnitOfWork, request_id: RequestId) -> None:
    """Make the request's messages due; the commit wakes the posting process."""
    schedule_message_updates(uow, [request_id])


def schedule_grant_update(uow: UnitOfWork, grant: Grant) -> None:
    """Make the messages of the grant's request, extensions and reviews due."""
    schedule_grant_updates(uow, [grant])


def schedule_grant_updates(uow: UnitOfWork, grants: Sequence[Grant]) -> None:
    """Make the messages of any number of grants due."""
    asked_later = uow.requests.about([grant.id for grant in grants]) if grants else []
    schedule_message_updates(uow, [*(grant.request_id for grant in grants), *asked_later])


def schedule_message_updates(uow: UnitOfWork, request_ids: Sequence[RequestId]) -> None:
    """Make the messages of any number of requests due."""
    uow.messages.touch_all(request_ids, next_attempt_at=uow.now)


def plan_problem(context: WorkerContext, uow: UnitOfWork, grant: Grant, request_id: RequestId) -> None:
    """Plan a message to the holder and the operators, once, that the grant is not active."""
    uow.messages.plan(request_id, MessageKind.PROBLEM, channel=grant.holder_slack_id)
    uow.messages.plan(request_id, MessageKind.OPS_PROBLEM, channel=context.policy.ops_channel)


def plan_notice(
    uow: UnitOfWork, kind: NoticeKind, *, key: str, channel: str, data: Mapping[str, Any]
) -> None:
    """Plan the notice in this transaction; a channel gets one for each key."""
    uow.notices.plan(kind, key=key, channel=channel, data=data)
