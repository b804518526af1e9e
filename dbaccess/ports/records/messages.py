"""Records of what Slack shows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from dbaccess.domain.break_glass import Announcement
from dbaccess.domain.home_tab import HomeTab
from dbaccess.domain.message import Lane, Message, MessageId, MessageKind, Refusal, Stream
from dbaccess.domain.notice import Notice, NoticeId, NoticeKind
from dbaccess.domain.people import SlackId
from dbaccess.domain.request import RequestId
from dbaccess.domain.truncated_list import Some


class Announcements(Protocol):
    """The places where break-glasses were announced (worker only)."""

    def add(self, announcement: Announcement) -> bool:
        """Store it; return False if another place was first."""

    def of(self, request_id: RequestId) -> Announcement | None: ...


class Messages(Protocol):
    def plan(self, request_id: RequestId, kind: MessageKind, *, channel: str) -> None:
        """Plan the message once; a repeated plan changes nothing. `touch_all` then makes it due."""

    def plan_all(self, planned: Sequence[tuple[RequestId, MessageKind, str]]) -> None:
        """Plan any number of (request, kind, channel) in one statement."""

    def of(self, request_id: RequestId) -> list[Message]:
        """Return them in the order in which they were planned."""

    def lock(self, message_id: MessageId) -> Message: ...

    def save(self, message: Message) -> None: ...

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
        """Return streams with a message that was never posted or shows an old state, longest due first.

        `to_post` selects those with a message of one of these kinds to post. Left out are channels of
        `without_targets` and direct messages of `without_people`.
        """

    def lease(self, request_id: RequestId, lane: Lane, *, until: datetime) -> None:
        """Keep the stream from being due until then, unless the request is touched."""

    def settle(
        self,
        request_id: RequestId,
        lane: Lane,
        *,
        leased_until: datetime,
        next_attempt_at: datetime | None = None,
    ) -> None:
        """Record that no message is due, or that the next is due at that time.

        A request that was touched since it was leased until then stays due.
        """

    def touch_all(
        self,
        request_ids: Collection[RequestId],
        *,
        next_attempt_at: datetime,
        lanes: Collection[Lane] = tuple(Lane),
    ) -> None:
        """Make the planned messages of any number of requests due then, in one statement."""

    def refused(self, *, channel: str | None = None, limit: int) -> Some[Message]:
        """Return messages that Slack refuses now, of all channels or of one, the longest refused first.

        Those of requests that were decided without a grant do not count.
        """

    def refusals_of(self, request_ids: Collection[RequestId]) -> dict[RequestId, Refusal]:
        """Return the refusals of those messages that ask reviewers."""

    def last_refusal(self, channel: str) -> Refusal | None:
        """Return the last refusal for this channel; None if a message was posted there since."""


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


class Homes(Protocol):
    """The Home tabs that people opened lately."""

    def opened(self, tab: HomeTab) -> None:
        """Record that the person opened this tab now."""

    def touch(self, request_ids: Collection[RequestId], *, at: datetime) -> None:
        """Make the tabs of requesters, their reviewers and the operators due then; an earlier time stays.

        Worker only, as are the following ones.
        """

    def touch_all(self, *, at: datetime) -> None:
        """Make every tab due then; an earlier time stays."""

    def due(self, now: datetime, *, opened_since: datetime, limit: int) -> list[HomeTab]:
        """Return the due tabs among those opened since then, longest due first."""

    def looked(self, before: HomeTab, after: HomeTab) -> None:
        """Store what the tab shows after a look; a tab opened or touched meanwhile stays due.

        The content of such a tab is then not known, because two publications may have crossed.
        """
