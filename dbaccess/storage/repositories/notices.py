"""Notices of channels, and whether they were posted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.errors import NotFound
from dbaccess.domain.notice import Notice, NoticeId, NoticeKind
from dbaccess.storage.connecting import LEAVE_TIME
from dbaccess.storage.models.messages import NoticeRow as Row
from dbaccess.storage.wakeup import wake_at_commit

_ALIKE = 1000
"""The most rows that one message reports; the next message reports others."""


class SqlNotices:
    """Notices of the unit of work's transaction. Its commit wakes the worker that posts them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def plan(
        self,
        kind: NoticeKind,
        *,
        key: str,
        channel: str,
        data: Mapping[str, Any],
        at: datetime | None = None,
    ) -> NoticeId | None:
        due_at = {"next_attempt_at": at} if at is not None else {}
        row = insert(Row).values(kind=kind, key=key, channel=channel, data=dict(data), **due_at)
        planned = self._session.scalar(
            row.on_conflict_do_nothing(constraint="notices_once").returning(Row.id)
        )
        if planned is not None:
            wake_at_commit(self._session)
        return NoticeId(planned) if planned is not None else None

    def knows(self, key: str) -> bool:
        return bool(self._session.scalar(select(exists().where(Row.key == key))))

    def knows_open(self, kind: NoticeKind, *, channel: str, target: str, since: datetime) -> bool:
        alike = Row.kind == kind, Row.channel == channel, Row.data["target"].astext == target
        is_open = Row.next_attempt_at.is_not(None), Row.created_at > since
        return bool(self._session.scalar(select(exists().where(*alike, *is_open))))

    def lock(self, notice_id: NoticeId) -> Notice:
        self._session.execute(LEAVE_TIME)  # Slack is called under this lock
        row = self._session.scalar(select(Row).where(Row.id == notice_id).with_for_update())
        if row is None:
            raise NotFound("There is no such notice.")
        return _notice(row)

    def lock_alike(self, notice: Notice) -> list[Notice]:
        waits = select(Row).where(
            Row.kind == notice.kind, Row.channel == notice.channel, Row.posted_at.is_(None)
        )
        for name in ("target", "cause"):
            waits = waits.where(Row.data[name].astext == notice.data[name])
        some = waits.order_by(Row.id != notice.id, Row.id).limit(_ALIKE)
        found = self._session.scalars(some.with_for_update(skip_locked=True))
        return [_notice(row) for row in found]

    def posted(self, notice_id: NoticeId, *, at: datetime) -> None:
        self._session.execute(
            update(Row).where(Row.id == notice_id).values(posted_at=at, next_attempt_at=None)
        )

    def shown(self, notice: Notice, *, next_look_at: datetime | None) -> None:
        names = ("posted_channel", "posted_ts", "rendered", "posted_at")
        values = {name: getattr(notice, name) for name in names} | {
            "attempts": 0,
            "next_attempt_at": next_look_at,
        }
        self._session.execute(update(Row).where(Row.id == notice.id).values(values))

    def look_again(self, key: str, *, at: datetime) -> bool:
        alike = self._session.scalars(select(Row.id).where(Row.key == key)).all()
        free = select(Row.id).where(Row.id.in_(alike)).with_for_update(skip_locked=True)
        told = update(Row).where(Row.id.in_(free)).values(next_attempt_at=at).returning(Row.id)
        reached = self._session.scalars(told).all()
        wake_at_commit(self._session)
        return len(reached) == len(alike)

    def failed(self, notice_id: NoticeId, *, next_attempt_at: datetime) -> None:
        values = {"attempts": Row.attempts + 1, "next_attempt_at": next_attempt_at}
        self._session.execute(update(Row).where(Row.id == notice_id).values(values))

    def put_off(self, channel: str, *, until: datetime) -> None:
        sooner = select(Row.id).where(Row.channel == channel, Row.next_attempt_at < until)
        # Locked ones are being tried at this moment.
        free = sooner.with_for_update(skip_locked=True)
        self._session.execute(update(Row).where(Row.id.in_(free)).values(next_attempt_at=until))

    def drop(self, notice_id: NoticeId) -> None:
        self._session.execute(delete(Row).where(Row.id == notice_id))

    def due(self, now: datetime, *, limit: int) -> list[NoticeId]:
        first = Row.next_attempt_at, Row.id
        # Channels take turns: many notices that Slack refuses in one channel delay none elsewhere.
        turn = func.row_number().over(partition_by=Row.channel, order_by=first)
        due = select(Row.id).where(Row.next_attempt_at <= now).order_by(turn, *first)
        return [NoticeId(found) for found in self._session.scalars(due.limit(limit))]


def _notice(row: Row) -> Notice:
    return Notice(
        id=NoticeId(row.id),
        key=row.key,
        kind=NoticeKind(row.kind),
        channel=row.channel,
        data=row.data,
        next_attempt_at=row.next_attempt_at,
        attempts=row.attempts,
        posted_channel=row.posted_channel,
        posted_ts=row.posted_ts,
        rendered=row.rendered,
        posted_at=row.posted_at,
    )
