"""Mark messages as out of date; the `messages` part of the workers posts them after the commit."""

from collections.abc import Mapping, Sequence
from typing import Any

from dbaccess.domain.grant import Grant
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.request import RequestId
from dbaccess.ports import UnitOfWork


def schedule_message_update(uow: UnitOfWork, request_id: RequestId) -> None:
    """They are due, and the process that posts messages wakes up at the commit."""
    schedule_message_updates(uow, [request_id])


def schedule_grant_update(uow: UnitOfWork, grant: Grant) -> None:
    """So are those of everything that was asked about the grant: its request, extensions, reviews."""
    schedule_grant_updates(uow, [grant])


def schedule_grant_updates(uow: UnitOfWork, grants: Sequence[Grant]) -> None:
    """The same for any number of grants."""
    asked_later = uow.requests.about([grant.id for grant in grants]) if grants else []
    schedule_message_updates(uow, [*(grant.request_id for grant in grants), *asked_later])


def schedule_message_updates(uow: UnitOfWork, request_ids: Sequence[RequestId]) -> None:
    """Any number of requests."""
    uow.messages.touch_all(request_ids, next_attempt_at=uow.now)


def plan_notice(
    uow: UnitOfWork, kind: NoticeKind, *, key: str, channel: str, data: Mapping[str, Any]
) -> None:
    """In this transaction; by the same key a channel is told once."""
    uow.notices.plan(kind, key=key, channel=channel, data=data)
