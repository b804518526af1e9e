"""The kinds of messages about a request. Their content is rendered from state each time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from dbaccess.domain.people import SlackId
from dbaccess.domain.request import RequestId

MessageId = NewType("MessageId", int)


class Lane(StrEnum):
    """Where messages of a request go. They wait for Slack in each lane alone, and keep their order there."""

    CHANNEL = "channel"
    DIRECT = "direct"
    OPERATORS = "operators"


class MessageKind(StrEnum):
    """One for each request and kind, in the order in which they are planned."""

    REQUEST = "request"
    THREAD_WAITING = "thread.waiting"
    THREAD_ESCALATED = "thread.escalated"
    THREAD_APPROVED = "thread.approved"
    THREAD_VOIDED = "thread.voided"
    THREAD_ACTIVE = "thread.active"
    THREAD_EXTENSION = "thread.extension"
    THREAD_EXTENDED = "thread.extended"
    THREAD_ENDED = "thread.ended"
    THREAD_OVERDUE = "thread.overdue"
    THREAD_REVIEWED = "thread.reviewed"
    SUBMITTED = "dm.submitted"
    ACTIVE = "dm.active"
    REMINDER = "dm.reminder"
    IDLE = "dm.idle"
    EXTENDED = "dm.extended"
    DENIED = "dm.denied"
    NOT_POSTED = "dm.not_posted"
    LAPSED = "dm.lapsed"
    STALE = "dm.stale"
    ENDED = "dm.ended"
    REVIEWED = "dm.reviewed"
    PROBLEM = "dm.problem"
    NEVER_ACTIVE = "dm.never_active"
    OPS_PROBLEM = "ops.problem"
    OPS_BREAK_GLASS = "ops.break_glass"
    OVERDUE = "ops.overdue"
    CHANNEL_OVERDUE = "channel.overdue"
    ENDED_LATE = "ops.ended_late"

    @property
    def is_of_target(self) -> bool:
        """Return whether it is posted in the target's channel."""
        return self in {MessageKind.REQUEST, MessageKind.CHANNEL_OVERDUE}

    @property
    def lane(self) -> Lane:
        return _LANES.get(self.value.partition(".")[0], Lane.CHANNEL)

    @property
    def is_in_thread(self) -> bool:
        return self.value.startswith("thread.")

    @property
    def is_urgent(self) -> bool:
        """Return whether a person waits for it or has to act on it; it goes before messages about an end."""
        return self in _URGENT or self.is_alarm

    @property
    def is_alarm(self) -> bool:
        return self.lane is Lane.OPERATORS


_LANES = {"dm": Lane.DIRECT, "ops": Lane.OPERATORS}
_URGENT = frozenset(
    {
        MessageKind.REQUEST,
        MessageKind.THREAD_EXTENSION,
        MessageKind.THREAD_ESCALATED,
        MessageKind.THREAD_OVERDUE,
        MessageKind.CHANNEL_OVERDUE,
        MessageKind.SUBMITTED,
        MessageKind.ACTIVE,
        MessageKind.EXTENDED,
        MessageKind.DENIED,
        MessageKind.NOT_POSTED,
        MessageKind.PROBLEM,
    }
)
ANNOUNCES = frozenset({MessageKind.REQUEST, MessageKind.THREAD_EXTENSION})
"""The kinds that ask reviewers: without them no reviewer hears of the request."""

OF_BOT = frozenset(
    {
        MessageKind.REQUEST,
        MessageKind.THREAD_APPROVED,
        MessageKind.THREAD_VOIDED,
        MessageKind.THREAD_EXTENSION,
        MessageKind.SUBMITTED,
        MessageKind.DENIED,
    }
)
"""The kinds that the bot may plan; the database refuses it all others."""

URGENT = frozenset(kind for kind in MessageKind if kind.is_urgent)
FIRST = URGENT - OF_BOT
"""These go before other urgent messages, because a compromised bot may plan any number of those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Slack takes no message for that channel since then; `code` is Slack's word, or one of ours."""

    code: str
    channel: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One Slack message of a request. `channel` is a channel, or a person for a direct message.

    `posted_channel` and `posted_ts` are Slack's answer; `rendered` is the hash of what it shows now.
    `refusal` is that of the last attempt, if Slack refused it for good. `maybe_posted`: Slack may show it
    although its answer is not known.
    """

    id: MessageId
    request_id: RequestId
    kind: MessageKind
    channel: str | SlackId
    posted_channel: str | None = None
    posted_ts: str | None = None
    rendered: str | None = None
    posted_at: datetime | None = None
    attempts: int = 0
    refusal: Refusal | None = None
    maybe_posted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The messages of one request in one lane; `target` and `requester` are those of the request."""

    request_id: RequestId
    lane: Lane
    target: str
    requester: SlackId
