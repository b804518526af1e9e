"""Slack, and what people read there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from dbaccess.domain.break_glass import Place
from dbaccess.domain.grant import Grant
from dbaccess.domain.lockdown import LockdownDetails
from dbaccess.domain.message import MessageKind
from dbaccess.domain.notice import Notice
from dbaccess.domain.overdue import Overdue
from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.domain.request_details import RequestDetails, ReviewerGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Where Slack put a message."""

    channel: str
    ts: str


class Renderer(Protocol):
    """What people read, from state: the same state gives the same payload."""

    def message(self, kind: MessageKind, details: RequestDetails, *, first: bool) -> dict[str, Any]:
        """`first` is set for the one rendering that is posted; only that may ping."""

    def notice(self, notice: Notice) -> dict[str, Any]:
        """Of every kind that is not made from state: not of overdue grants, nor of a lockdown."""

    def still_overdue(self, details: RequestDetails) -> dict[str, Any]:
        """It pings the operators."""

    def many_overdue(
        self, target: str, overdue: Overdue | None, operators: ReviewerGroup, *, first: bool
    ) -> dict[str, Any]:
        """Of many grants of one target; None: none of them is overdue any more. Only the first one pings."""

    def lockdown(self, details: LockdownDetails, *, first: bool) -> dict[str, Any]:
        """Only the first one pings."""

    def lockdown_lifted(self, details: LockdownDetails) -> dict[str, Any]:
        """It pings who declared it and who lifted it where operators read."""

    def credentials(self, grant: Grant, *, password: str, replaced_at: datetime | None) -> dict[str, Any]: ...

    def credentials_failed(self, grant: Grant) -> dict[str, Any]: ...

    def credentials_replaced(self, *, made_at: datetime | None) -> dict[str, Any]:
        """For a view whose password is dead: when the newer one was made; None: it is on its way."""

    def credentials_closed(self, grant: Grant) -> dict[str, Any]:
        """Of a grant that is not active, not yet or not any more."""

    def credentials_refused(self, text: str) -> dict[str, Any]:
        """Any other reason why there is none; the text says what to do."""


class Messenger(Protocol):
    """Raises `SlackFailure`; `retry_after` is set where Slack asked for it."""

    def post(
        self,
        channel: str,
        payload: Mapping[str, Any],
        *,
        thread_ts: str | None,
        key: str,
        urgent: bool = False,
    ) -> Posted:
        """A message; `key` goes into its metadata. What is urgent goes before all that is not."""

    def update(self, posted: Posted, payload: Mapping[str, Any], *, urgent: bool = False) -> None: ...

    def update_view(self, view_id: str, view: Mapping[str, Any]) -> None:
        """Tried twice where Slack is busy, silent or in trouble for a moment: somebody looks and waits."""


class Sink(Protocol):
    """Where a break-glass is announced when Slack does not take it."""

    @property
    def place(self) -> Place: ...

    def take(self, text: str) -> None:
        """Somebody can read it there from now on; raises `SinkFailure`."""


class Directory(Protocol):
    """Slack itself, asked afresh. Raises `SlackFailure`."""

    def members(self, sources: Iterable[SourceId]) -> dict[SourceId, frozenset[SlackId]]:
        """Who is in each user group and channel now; sources Slack does not have are left out."""

    def people(self, slack_ids: Iterable[SlackId]) -> Iterable[Person]:
        """The accounts as they are now, with empty `sources`, each as soon as it was asked for by itself.

        Those Slack does not have are left out.
        """

    def listed(self, cursor: str) -> tuple[list[Person], str]:
        """A page of all accounts of the workspace, and the next one's cursor; both are empty at an end.

        Raises `SlackFailure` with the code `invalid_cursor` for a cursor that Slack does not know any more.
        """
