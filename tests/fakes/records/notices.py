"""Notices for channels, and whether they were posted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from dbaccess.domain.errors import NotFound
from dbaccess.domain.notice import Notice, NoticeId, NoticeKind
from tests.fakes.database import Transaction
from tests.fakes.tables import NOTICES, KeptNotice, as_stored

_ALIKE = 1000


class MemoryNotices:
    def __init__(self, transaction: Transaction, now: datetime) -> None:
        self._transaction = transaction
        self._now = now

    def plan(
        self,
        kind: NoticeKind,
        *,
        key: str,
        channel: str,
        data: Mapping[str, Any],
        at: datetime | None = None,
    ) -> NoticeId | None:
        self._transaction.claim("notices_once", (key, channel))
        if any((kept.notice.key, kept.notice.channel) == (key, channel) for kept in self._all()):
            return None
        notice = Notice(
            id=NoticeId(self._transaction.next_id(NOTICES)),
            key=key,
            kind=kind,
            channel=channel,
            data=as_stored(dict(data)),
            next_attempt_at=at or self._now,
        )
        self._transaction.put(NOTICES, notice.id, KeptNotice(notice=notice, created_at=self._now))
        return notice.id

    def knows(self, key: str) -> bool:
        return any(kept.notice.key == key for kept in self._all())

    def knows_open(self, kind: NoticeKind, *, channel: str, target: str, since: datetime) -> bool:
        return any(
            (kept.notice.kind, kept.notice.channel) == (kind, channel)
            and kept.notice.data.get("target") == target
            and kept.notice.next_attempt_at is not None
            and kept.created_at > since
            for kept in self._all()
        )

    def lock(self, notice_id: NoticeId) -> Notice:
        found = self._transaction.lock(NOTICES, notice_id)
        if found is None:
            raise NotFound("There is no such notice.")
        return found.notice

    def lock_alike(self, notice: Notice) -> list[Notice]:
        def alike(other: Notice) -> bool:
            same = (other.kind, other.channel) == (notice.kind, notice.channel)
            about = all(other.data.get(name) == notice.data[name] for name in ("target", "cause"))
            return same and about and other.posted_at is None

        found = sorted(
            (kept.notice for kept in self._all() if alike(kept.notice)),
            key=lambda other: (other.id != notice.id, other.id),
        )
        return [other for other in found[:_ALIKE] if self._transaction.try_lock(NOTICES, other.id)]

    def posted(self, notice_id: NoticeId, *, at: datetime) -> None:
        self._change(notice_id, posted_at=at, next_attempt_at=None)

    def shown(self, notice: Notice, *, next_look_at: datetime | None) -> None:
        names = ("posted_channel", "posted_ts", "rendered", "posted_at")
        shown = {name: getattr(notice, name) for name in names}
        self._change(notice.id, **shown, attempts=0, next_attempt_at=next_look_at)

    def look_again(self, key: str, *, at: datetime) -> bool:
        alike = [kept.notice.id for kept in self._all() if kept.notice.key == key]
        free = [notice_id for notice_id in alike if self._transaction.try_lock(NOTICES, notice_id)]
        for notice_id in free:
            self._change(notice_id, next_attempt_at=at)
        return free == alike

    def failed(self, notice_id: NoticeId, *, next_attempt_at: datetime) -> None:
        attempts = self.lock(notice_id).attempts + 1
        self._change(notice_id, attempts=attempts, next_attempt_at=next_attempt_at)

    def put_off(self, channel: str, *, until: datetime) -> None:
        for kept in self._all():
            notice = kept.notice
            sooner = notice.channel == channel and notice.is_due(until) and notice.next_attempt_at != until
            if sooner and self._transaction.try_lock(NOTICES, notice.id):
                self._change(notice.id, next_attempt_at=until)

    def drop(self, notice_id: NoticeId) -> None:
        if self._transaction.lock(NOTICES, notice_id) is not None:
            self._transaction.delete(NOTICES, notice_id)

    def due(self, now: datetime, *, limit: int) -> list[NoticeId]:
        due = [kept.notice for kept in self._all() if kept.notice.is_due(now)]
        due.sort(key=lambda notice: (notice.channel, notice.next_attempt_at, notice.id))
        turns = [
            (turn, notice.next_attempt_at, notice.id)
            for _, of_channel in groupby(due, key=lambda notice: notice.channel)
            for turn, notice in enumerate(of_channel)
        ]
        return [notice_id for _, _, notice_id in sorted(turns)][:limit]

    def _all(self) -> list[KeptNotice]:
        return self._transaction.rows(NOTICES)

    def _change(self, notice_id: NoticeId, **changes: Any) -> None:
        kept = self._transaction.lock(NOTICES, notice_id)
        if kept is not None:
            changed = replace(kept, notice=replace(kept.notice, **changes))
            self._transaction.put(NOTICES, notice_id, changed)
