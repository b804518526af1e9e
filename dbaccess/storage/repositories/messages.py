"""The Slack messages of requests, and when they are due."""

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, func, or_, select, text, update
from sqlalchemy.orm import Session

from dbaccess.domain.errors import NotFound
from dbaccess.domain.message import ANNOUNCES, Lane, Message, MessageId, MessageKind, Refusal, Stream
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import RequestId, RequestState
from dbaccess.domain.truncated_list import Some
from dbaccess.storage.connecting import LEAVE_TIME
from dbaccess.storage.models.messages import MessageRow
from dbaccess.storage.models.messages import MessageStreamRow as Row
from dbaccess.storage.models.requests import RequestRow
from dbaccess.storage.repositories.id_filter import among
from dbaccess.storage.wakeup import wake_at_commit

_WRITTEN = ("posted_channel", "posted_ts", "rendered", "posted_at", "attempts", "maybe_posted")


_PLAN = text("""
insert into messages (request_id, kind, channel)
select * from unnest(cast(:requests as bigint[]), cast(:kinds as text[]), cast(:channels as text[]))
    on conflict on constraint messages_one_a_kind do nothing""")
# Sorted, so that two of these never deadlock.
_TOUCH = text("""
insert into message_streams (request_id, lane, next_attempt_at)
select distinct m.request_id, planned.lane, cast(:at as timestamptz)
  from messages m cross join lateral (
       select case split_part(m.kind, '.', 1)
              when 'dm' then 'direct' when 'ops' then 'operators' else 'channel' end as lane
  ) planned
 where m.request_id = any(cast(:requests as bigint[])) and planned.lane = any(cast(:lanes as text[]))
 order by m.request_id, planned.lane
    on conflict (request_id, lane) do update set next_attempt_at = excluded.next_attempt_at""")


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
        values: dict[str, Any] = {name: getattr(message, name) for name in _WRITTEN}
        refusal = message.refusal
        values["refused"] = refusal.code if refusal else None
        values["refused_channel"] = refusal.channel if refusal else None
        values["refused_at"] = refusal.since if refusal else None
        self._session.execute(update(MessageRow).where(MessageRow.id == message.id).values(values))

    def due(
        self,
        now: datetime,
        *,
        limit: int,
        to_post: Collection[MessageKind] | None = None,
        lanes: Collection[Lane] = tuple(Lane),
        without_targets: Collection[str] = (),
        without_people: Collection[SlackId] = (),
    ) -> list[Stream]:
        target = RequestRow.target
        due = select(Row.request_id, Row.lane, target, RequestRow.requester_slack_id).join(
            RequestRow, RequestRow.id == Row.request_id
        )
        due = due.where(Row.next_attempt_at <= now, Row.lane.in_(sorted(lanes)))
        if to_post is not None:
            due = due.where(or_(*(_posts(lane, to_post) for lane in lanes)))
        if without_targets:
            due = due.where(or_(Row.lane != Lane.CHANNEL, target.not_in(sorted(without_targets))))
        if without_people:
            others = RequestRow.requester_slack_id.not_in(sorted(without_people))
            due = due.where(or_(Row.lane != Lane.DIRECT, others))
        ordered = due.order_by(Row.next_attempt_at, Row.request_id, Row.lane).limit(limit)
        return [
            Stream(request_id=RequestId(found), lane=Lane(lane), target=about, requester=SlackId(requester))
            for found, lane, about, requester in self._session.execute(ordered)
        ]

    def lease(self, request_id: RequestId, lane: Lane, *, until: datetime) -> None:
        self._session.execute(_of(request_id, lane).values(next_attempt_at=until))

    def settle(
        self,
        request_id: RequestId,
        lane: Lane,
        *,
        leased_until: datetime,
        next_attempt_at: datetime | None = None,
    ) -> None:
        leased = _of(request_id, lane).where(Row.next_attempt_at == leased_until)
        self._session.execute(leased.values(next_attempt_at=next_attempt_at))

    def touch_all(
        self,
        request_ids: Collection[RequestId],
        *,
        next_attempt_at: datetime,
        lanes: Collection[Lane] = tuple(Lane),
    ) -> None:
        if request_ids:
            values = {"requests": sorted(set(request_ids)), "lanes": sorted(lanes), "at": next_attempt_at}
            self._session.execute(_TOUCH, values)
            wake_at_commit(self._session)

    def refused(self, *, channel: str | None = None, limit: int) -> Some[Message]:
        open_ = RequestRow.state.in_([RequestState.PENDING, RequestState.APPROVED])
        rows = select(MessageRow).join(RequestRow, RequestRow.id == MessageRow.request_id)
        rows = rows.where(MessageRow.refused.is_not(None), open_)
        if channel is not None:
            rows = rows.where(MessageRow.refused_channel == channel)
        count = self._session.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
        found = self._session.scalars(rows.order_by(MessageRow.refused_at, MessageRow.id).limit(limit)).all()
        return Some((_message(row) for row in found), count - len(found))

    def refusals_of(self, request_ids: Collection[RequestId]) -> dict[RequestId, Refusal]:
        if not request_ids:
            return {}
        rows = select(MessageRow).where(
            MessageRow.refused.is_not(None),
            MessageRow.kind.in_(sorted(ANNOUNCES)),
            among(MessageRow.request_id, request_ids),
        )
        found = map(_message, self._session.scalars(rows))
        return {one.request_id: one.refusal for one in found if one.refusal is not None}

    def last_refusal(self, channel: str) -> Refusal | None:
        rows = select(MessageRow).where(
            MessageRow.refused.is_not(None), MessageRow.refused_channel == channel
        )
        row = self._session.scalars(rows.order_by(MessageRow.refused_at.desc()).limit(1)).one_or_none()
        refusal = _message(row).refusal if row is not None else None
        if refusal is None:
            return None
        posted = select(MessageRow.id).where(
            MessageRow.posted_channel == channel, MessageRow.posted_at > refusal.since
        )
        is_over = self._session.scalars(posted.limit(1)).one_or_none() is not None
        return None if is_over else refusal


def _of(request_id: RequestId, lane: Lane) -> Update:
    return update(Row).where(Row.request_id == request_id, Row.lane == lane)


def _posts(lane: Lane, kinds: Collection[MessageKind]) -> ColumnElement[bool]:
    """Return whether the stream is of that lane and has a message of one of these kinds to post."""
    of_lane = sorted(kind for kind in kinds if kind.lane is lane)
    waits = MessageRow.posted_ts.is_(None) & MessageRow.kind.in_(of_lane)
    return and_(Row.lane == lane, Row.request_id.in_(select(MessageRow.request_id).where(waits)))


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
        refusal=_refusal(row),
        maybe_posted=row.maybe_posted,
    )


def _refusal(row: MessageRow) -> Refusal | None:
    if row.refused is None or row.refused_channel is None or row.refused_at is None:
        return None
    return Refusal(code=row.refused, channel=row.refused_channel, since=row.refused_at)
