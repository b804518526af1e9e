"""A channel is to be told something."""

from collections.abc import Mapping
from typing import Any

from dbaccess.domain.notice import NoticeKind
from dbaccess.ports import UnitOfWork


def plan_notice(
    uow: UnitOfWork, kind: NoticeKind, *, key: str, channel: str, data: Mapping[str, Any]
) -> None:
    """In this transaction; by the same key a channel is told once."""
    uow.notices.plan(kind, key=key, channel=channel, data=data)
