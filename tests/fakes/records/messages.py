"""The messages that a request has in Slack, and the time of the next look at them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from dbaccess.domain.errors import NotFound
from dbaccess.domain.message import Message, MessageId, MessageKind
from dbaccess.domain.request import RequestId
from tests.fakes.database import Transaction
from tests.fakes.tables import MESSAGE_STREAMS, MESSAGES, MessageStream

_WRITTEN = ("posted_channel", "posted_ts", "rendered", "posted_at", "attempts")


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
        self, now: datetime, *, limit: int, to_post: Collection[MessageKind] | None = None
    ) -> list[RequestId]:
        due = [
            (stream.next_attempt_at, request_id)
            for request_id, stream in self._transaction.items(MESSAGE_STREAMS)
            if stream.next_attempt_at is not None
            and stream.next_attempt_at <= now
            and (to_post is None or self._posts_one_of(to_post, request_id))
        ]
        return [request_id for _, request_id in sorted(due)][:limit]

    def settle(
        self, request_id: RequestId, *, leased_until: datetime, next_attempt_at: datetime | None = None
    ) -> None:
        stream = self._transaction.lock(MESSAGE_STREAMS, request_id)
        if stream is not None and stream.next_attempt_at == leased_until:
            self.touch(request_id, next_attempt_at=next_attempt_at)

    def touch(self, request_id: RequestId, *, next_attempt_at: datetime | None) -> None:
        self._transaction.put(MESSAGE_STREAMS, request_id, MessageStream(next_attempt_at))

    def touch_all(self, request_ids: Collection[RequestId], *, next_attempt_at: datetime) -> None:
        for request_id in sorted(set(request_ids)):
            self.touch(request_id, next_attempt_at=next_attempt_at)

    def _posts_one_of(self, kinds: Collection[MessageKind], request_id: RequestId) -> bool:
        return any(message.posted_ts is None and message.kind in kinds for message in self.of(request_id))
