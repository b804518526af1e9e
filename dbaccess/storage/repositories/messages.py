"""The Slack messages of requests, and when they are due."""

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import itemgetter

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from dbaccess.domain.errors import NotFound
from dbaccess.domain.message import Message, MessageId, MessageKind
from dbaccess.domain.request import RequestId
from dbaccess.storage.connecting import LEAVE_TIME
from dbaccess.storage.models.messages import MessageRow, MessageStreamRow
from dbaccess.storage.wakeup import wake_at_commit

_WRITTEN = ("posted_channel", "posted_ts", "rendered", "posted_at", "attempts")


_PLAN = text("""
insert into messages (request_id, kind, channel)
select * from unnest(cast(:requests as bigint[]), cast(:kinds as text[]), cast(:channels as text[]))
    on conflict on constraint messages_one_a_kind do nothing""")
# Sorted, so that two of these never deadlock.
_TOUCH = text("""
insert into message_streams (request_id, next_attempt_at)
select id, cast(:at as timestamptz) from unnest(cast(:requests as bigint[])) as id order by id
    on conflict (request_id) do update set next_attempt_at = excluded.next_attempt_at""")


class SqlMessages:
    """Messages of the unit of work's transaction. Its commit wakes the worker that posts them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def plan(self, request_id: RequestId, kind: MessageKind, *, channel: str) -> None:
        self.plan_all([(request_id, kind, channel)])

    def plan_all(self, planned: Sequence[tuple[RequestId, MessageKind, str]]) -> None:
        if planned:
            requests, kinds, channels = map(list, zip(*sorted(planned, key=itemgetter(0)), strict=True))
            self._session.execute(_PLAN, {"requests": requests, "kinds": kinds, "channels": channels})

    def of(self, request_id: RequestId) -> list[Message]:
        rows = select(MessageRow).where(MessageRow.request_id == request_id).order_by(MessageRow.id)
        found = self._session.scalars(rows, execution_options={"populate_existing": True})
        return [_message(row) for row in found]

    def lock(self, message_id: MessageId) -> Message:
        self._session.execute(LEAVE_TIME)  # Slack is called under this lock
        row = self._session.scalar(
            select(MessageRow).where(MessageRow.id == message_id).with_for_update(),
            execution_options={"populate_existing": True},
        )
        if row is None:
            raise NotFound("There is no such message.")
        return _message(row)

    def save(self, message: Message) -> None:
        """Store Slack's answer and what the message shows; the rest of a message never changes."""
        values = {name: getattr(message, name) for name in _WRITTEN}
        self._session.execute(update(MessageRow).where(MessageRow.id == message.id).values(values))

    def due(
        self, now: datetime, *, limit: int, to_post: Collection[MessageKind] | None = None
    ) -> list[RequestId]:
        due = select(MessageStreamRow.request_id).where(MessageStreamRow.next_attempt_at <= now)
        if to_post is not None:
            waits = MessageRow.posted_ts.is_(None) & MessageRow.kind.in_(sorted(to_post))
            due = due.where(MessageStreamRow.request_id.in_(select(MessageRow.request_id).where(waits)))
        ordered = due.order_by(MessageStreamRow.next_attempt_at, MessageStreamRow.request_id).limit(limit)
        return [RequestId(request_id) for request_id in self._session.scalars(ordered)]

    def settle(
        self, request_id: RequestId, *, leased_until: datetime, next_attempt_at: datetime | None = None
    ) -> None:
        self._session.execute(
            update(MessageStreamRow)
            .where(
                MessageStreamRow.request_id == request_id, MessageStreamRow.next_attempt_at == leased_until
            )
            .values(next_attempt_at=next_attempt_at)
        )

    def touch(self, request_id: RequestId, *, next_attempt_at: datetime | None) -> None:
        self._session.execute(_TOUCH, {"requests": [request_id], "at": next_attempt_at})

    def touch_all(self, request_ids: Collection[RequestId], *, next_attempt_at: datetime) -> None:
        if request_ids:
            self._session.execute(_TOUCH, {"requests": sorted(set(request_ids)), "at": next_attempt_at})
            wake_at_commit(self._session)


def _message(row: MessageRow) -> Message:
    return Message(
        id=MessageId(row.id),
        request_id=RequestId(row.request_id),
        kind=MessageKind(row.kind),
        channel=row.channel,
        posted_channel=row.posted_channel,
        posted_ts=row.posted_ts,
        rendered=row.rendered,
        posted_at=row.posted_at,
        attempts=row.attempts,
    )
