"""Records of what Slack shows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from dbaccess.domain.break_glass import Announcement
from dbaccess.domain.message import Message, MessageId, MessageKind
from dbaccess.domain.notice import Notice, NoticeId, NoticeKind
from dbaccess.domain.request import RequestId


class Announcements(Protocol):
    """The places where break-glasses were announced (worker only)."""

    def add(self, announcement: Announcement) -> bool:
        """Store it; return False if another place was first."""

    def of(self, request_id: RequestId) -> Announcement | None: ...


class Messages(Protocol):
    def plan(self, request_id: RequestId, kind: MessageKind, *, channel: str) -> None:
        """Plan the message once; a repeated plan changes nothing. `touch` sets when it is processed."""

    def plan_all(self, planned: Sequence[tuple[RequestId, MessageKind, str]]) -> None:
        """Plan any number of (request, kind, channel) in one statement."""

    def of(self, request_id: RequestId) -> list[Message]:
        """Return them in the order in which they were planned."""

    def lock(self, message_id: MessageId) -> Message: ...

    def save(self, message: Message) -> None: ...

    def due(
        self, now: datetime, *, limit: int, to_post: Collection[MessageKind] | None = None
    ) -> list[RequestId]:
        """Return requests with a due message that was never posted, or whose state changed since.

        `to_post` selects those with a message of one of these kinds to post.
        """

    def settle(
        self, request_id: RequestId, *, leased_until: datetime, next_attempt_at: datetime | None = None
    ) -> None:
        """Record that no message is due, or that the next is due at that time.

        A request that was touched since it was leased until then stays due.
        """

    def touch(self, request_id: RequestId, *, next_attempt_at: datetime | None) -> None:
        """Make the request's messages due then; None means that they show the present state."""

    def touch_all(self, request_ids: Collection[RequestId], *, next_attempt_at: datetime) -> None:
        """Do the same for any number of requests in one statement."""


class Notices(Protocol):
    def plan(
        self,
        kind: NoticeKind,
        *,
        key: str,
        channel: str,
        data: Mapping[str, Any],
        at: datetime | None = None,
    ) -> NoticeId | None:
        """Plan the notice for the channel, now or at `at`; None if the key was planned before."""

    def knows_open(self, kind: NoticeKind, *, channel: str, target: str, since: datetime) -> bool:
        """Return whether the channel has an open notice about the target that was planned after `since`."""

    def lock_alike(self, notice: Notice) -> list[Notice]:
        """Lock and return some waiting notices of the same channel, target and cause, this one among them."""

    def knows(self, key: str) -> bool:
        """Return whether a notice with this key was planned for some channel."""

    def lock(self, notice_id: NoticeId) -> Notice:
        """Return it; raises `NotFound`."""

    def posted(self, notice_id: NoticeId, *, at: datetime) -> None: ...

    def shown(self, notice: Notice, *, next_look_at: datetime | None) -> None:
        """Record that it shows what `rendered` says; None means that it needs no further look."""

    def look_again(self, key: str, *, at: datetime) -> bool:
        """Make the notices with that key due again; False if some were locked and skipped."""

    def failed(self, notice_id: NoticeId, *, next_attempt_at: datetime) -> None: ...

    def put_off(self, channel: str, *, until: datetime) -> None:
        """Delay all notices of the channel until then, except those planned from now on."""

    def drop(self, notice_id: NoticeId) -> None:
        """Remove the notice; the channel is not told."""

    def due(self, now: datetime, *, limit: int) -> list[NoticeId]:
        """Return the notices due by then, each channel's first before any channel's second."""
