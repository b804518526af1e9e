"""Slack: rendering, posting, and reading of people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Protocol

from dbaccess.domain.break_glass import Place
from dbaccess.domain.errors import Refused
from dbaccess.domain.grant import Grant
from dbaccess.domain.lockdown import LockdownDetails
from dbaccess.domain.message import Message, MessageKind
from dbaccess.domain.notice import Notice
from dbaccess.domain.overdue import Overdue
from dbaccess.domain.overview import Overview
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.report_order import ReportOrder
from dbaccess.domain.request_details import RequestDetails, ReviewerGroup
from dbaccess.domain.slack_names import Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The place of a posted message."""

    channel: str
    ts: str


class Renderer(Protocol):
    """Renders what people read from state; the same state gives the same payload."""

    def message(self, kind: MessageKind, details: RequestDetails, *, first: bool) -> dict[str, Any]:
        """Render a message; `first` is set for the one rendering that is posted, and only that may ping."""

    def notice(self, notice: Notice) -> dict[str, Any]:
        """Render a notice with a text that is not made from state: not of overdue grants or a lockdown."""

    def still_overdue(self, details: RequestDetails) -> dict[str, Any]:
        """Render the repeated alarm; it pings the operators."""

    def many_overdue(
        self, target: str, overdue: Overdue | None, operators: ReviewerGroup, *, first: bool
    ) -> dict[str, Any]:
        """Render the alarm about many grants of one target; None: none is overdue now.

        Only the first pings.
        """

    def not_posted(
        self,
        channel: str,
        targets: Sequence[str],
        refused: Sequence[Message],
        operators: ReviewerGroup,
        *,
        first: bool,
    ) -> dict[str, Any]:
        """Render the alarm about a channel that takes no message; none refused: it takes them again.

        Only the first pings.
        """

    def closed_channel(self, channel: str, code: str, *, of_operators: bool) -> dict[str, Any]:
        """Render for operators that a channel takes no message; `code` is Slack's word."""

    def lockdown(self, details: LockdownDetails, *, first: bool) -> dict[str, Any]:
        """Render the lockdown; only the first rendering pings."""

    def lockdown_lifted(self, details: LockdownDetails) -> dict[str, Any]:
        """Render the lift; it pings both operators in the operators' channel."""

    def home(self, found: Overview | Refused, *, now: datetime, dated: bool) -> dict[str, Any]:
        """Render a Home tab read at `now`; without the date the same content gives the same tab."""

    def report(self, order: ReportOrder) -> dict[str, Any]:
        """Render how far an ordered report has come."""

    def credentials(self, grant: Grant, *, password: str, replaced_at: datetime | None) -> dict[str, Any]: ...

    def credentials_failed(self, grant: Grant) -> dict[str, Any]: ...

    def credentials_replaced(self, *, made_at: datetime | None) -> dict[str, Any]:
        """Render a view with an old password; `made_at` is when the newer one was made, or None."""

    def credentials_pressed_twice(self) -> dict[str, Any]:
        """Render a view of a double click that may have shown a password which no longer works."""

    def credentials_closed(self, grant: Grant) -> dict[str, Any]:
        """Render a view for a grant that is not active."""

    def credentials_refused(self, text: str) -> dict[str, Any]:
        """Render a view for any other refusal; the text says what to do."""


class Messenger(Protocol):
    """Posts and edits. Raises `SlackFailure`, with `retry_after` if Slack asked for a delay."""

    def post(
        self,
        channel: str,
        payload: Mapping[str, Any],
        *,
        thread_ts: str | None,
        key: str,
        urgent: bool = False,
    ) -> Posted:
        """Post a message with `key` in its metadata. Urgent messages go before all others."""

    def update(self, posted: Posted, payload: Mapping[str, Any], *, urgent: bool = False) -> None: ...

    def update_view(self, view_id: str, view: Mapping[str, Any]) -> None:
        """Update the view; tried twice if Slack fails for a moment, because a person looks and waits."""

    def publish_home(self, slack_id: SlackId, view: Mapping[str, Any]) -> None:
        """Replace the person's Home tab."""


class Files(Protocol):
    """Sends files. Raises `SlackFailure`."""

    def has_scope(self) -> bool | None:
        """Return whether the token may send files; None if Slack does not say."""

    def upload(self, name: str, content: BinaryIO, *, length: int) -> str:
        """Upload the content, and return Slack's id of the file, which people do not see yet."""

    def share(self, file_id: str, *, channel: str, title: str, comment: str) -> None:
        """Show an uploaded file in these direct messages; called again, Slack may show it a second time.

        Any other channel is refused: more people would read the file there.
        """


class Sink(Protocol):
    """A second place to announce a break-glass when Slack fails."""

    @property
    def place(self) -> Place: ...

    def take(self, text: str) -> None:
        """Announce the text, which a person can then read there; raises `SinkFailure`."""


class Directory(Protocol):
    """Reads people and groups from Slack. Raises `SlackFailure`."""

    def members(self, sources: Iterable[SourceId]) -> dict[SourceId, frozenset[SlackId]]:
        """Return the members of each user group and channel; sources that Slack lacks are left out."""

    def people(self, slack_ids: Iterable[SlackId]) -> Iterable[Person]:
        """Yield the accounts as they are now, with empty `sources`, each as soon as it was read.

        Accounts that Slack lacks are left out.
        """

    def named(self, ids: Iterable[str]) -> list[Named]:
        """Return the channels and user groups with these ids; those that Slack lacks are left out."""

    def listed(self, cursor: str) -> tuple[list[Person], str]:
        """Return a page of all accounts of the workspace and the next cursor; both are empty at the end.

        Raises `SlackFailure` with the code `invalid_cursor` for a cursor that Slack no longer knows.
        """
