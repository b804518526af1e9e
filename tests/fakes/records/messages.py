"""The messages that a request has in Slack, and the time of the next look at them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from dbaccess.domain.errors import NotFound
from dbaccess.domain.message import ANNOUNCES, Lane, Message, MessageId, MessageKind, Refusal, Stream
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import RequestId, RequestState
from dbaccess.domain.truncated_list import Some
from tests.fakes.database import Transaction
from tests.fakes.tables import MESSAGE_STREAMS, MESSAGES, REQUESTS, MessageStream

_WRITTEN = ("posted_channel", "posted_ts", "rendered", "posted_at", "attempts", "refusal", "maybe_posted")


class MemoryMessages:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def plan(self, request_id: RequestId, kind: MessageKind, *, channel: str) -> None:
        self._transaction.claim("messages_one_a_kind", (request_id, kind))
        if any(message.kind is kind for message in self.of(request_id)):
            return
        message_id = MessageId(self._transaction.next_id(MESSAGES))
        message = Message(id=message_id, request_id=request_id, kind=kind, channel=channel)
        self._transaction.put(MESSAGES, message_id, message)

    def plan_all(self, planned: Sequence[tuple[RequestId, MessageKind, str]]) -> None:
        for request_id, kind, channel in sorted(planned, key=lambda one: one[0]):
            self.plan(request_id, kind, channel=channel)

    def of(self, request_id: RequestId) -> list[Message]:
        return [message for message in self._transaction.rows(MESSAGES) if message.request_id == request_id]

    def lock(self, message_id: MessageId) -> Message:
        found = self._transaction.lock(MESSAGES, message_id)
        if found is None:
            raise NotFound("There is no such message.")
        return found

    def save(self, message: Message) -> None:
        written = {name: getattr(message, name) for name in _WRITTEN}
        self._transaction.put(MESSAGES, message.id, replace(self.lock(message.id), **written))

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
        due = [
            (stream.next_attempt_at, request_id, lane)
            for (request_id, lane), stream in self._transaction.items(MESSAGE_STREAMS)
            if stream.next_attempt_at is not None
            and stream.next_attempt_at <= now
            and lane in lanes
            and (to_post is None or self._posts_one_of(to_post, request_id, lane))
        ]
        streams = [self._stream(request_id, lane) for _, request_id, lane in sorted(due)]
        return [
            stream
            for stream in streams
            if not (stream.lane is Lane.CHANNEL and stream.target in without_targets)
            and not (stream.lane is Lane.DIRECT and stream.requester in without_people)
        ][:limit]

    def lease(self, request_id: RequestId, lane: Lane, *, until: datetime) -> None:
        if self._transaction.lock(MESSAGE_STREAMS, (request_id, lane)) is not None:
            self._transaction.put(MESSAGE_STREAMS, (request_id, lane), MessageStream(until))

    def settle(
        self,
        request_id: RequestId,
        lane: Lane,
        *,
        leased_until: datetime,
        next_attempt_at: datetime | None = None,
    ) -> None:
        stream = self._transaction.lock(MESSAGE_STREAMS, (request_id, lane))
        if stream is not None and stream.next_attempt_at == leased_until:
            self._transaction.put(MESSAGE_STREAMS, (request_id, lane), MessageStream(next_attempt_at))

    def touch_all(
        self,
        request_ids: Collection[RequestId],
        *,
        next_attempt_at: datetime,
        lanes: Collection[Lane] = tuple(Lane),
    ) -> None:
        for request_id in sorted(set(request_ids)):
            for lane in sorted({message.kind.lane for message in self.of(request_id)} & set(lanes)):
                self._transaction.put(MESSAGE_STREAMS, (request_id, lane), MessageStream(next_attempt_at))

    def refused(self, *, channel: str | None = None, limit: int) -> Some[Message]:
        found = [
            (one.refusal.since, one.id, one)
            for one in self._transaction.rows(MESSAGES)
            if one.refusal is not None
            and channel in {None, one.refusal.channel}
            and self._state(one.request_id) in {RequestState.PENDING, RequestState.APPROVED}
        ]
        return Some((one for *_, one in sorted(found)[:limit]), max(0, len(found) - limit))

    def refusals_of(self, request_ids: Collection[RequestId]) -> dict[RequestId, Refusal]:
        return {
            one.request_id: one.refusal
            for one in self._transaction.rows(MESSAGES)
            if one.refusal is not None and one.kind in ANNOUNCES and one.request_id in request_ids
        }

    def last_refusal(self, channel: str) -> Refusal | None:
        rows = self._transaction.rows(MESSAGES)
        refused = [one.refusal for one in rows if one.refusal and one.refusal.channel == channel]
        last = max(refused, key=lambda refusal: refusal.since, default=None)
        posts = [one.posted_at for one in rows if one.posted_channel == channel and one.posted_at]
        return None if last is None or any(posted > last.since for posted in posts) else last

    def _state(self, request_id: RequestId) -> RequestState:
        request = self._transaction.get(REQUESTS, request_id)
        assert request is not None
        return request.state

    def _stream(self, request_id: RequestId, lane: Lane) -> Stream:
        request = self._transaction.get(REQUESTS, request_id)
        assert request is not None
        return Stream(
            request_id=request_id,
            lane=lane,
            target=request.terms.target,
            requester=request.requester_slack_id,
        )

    def _posts_one_of(self, kinds: Collection[MessageKind], request_id: RequestId, lane: Lane) -> bool:
        waiting = [message.kind for message in self.of(request_id) if message.posted_ts is None]
        return any(kind in kinds and kind.lane is lane for kind in waiting)
