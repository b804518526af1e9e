"""A report that an auditor ordered in Slack, and how far it has come."""

import re
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NewType

from dbaccess.domain.people import SlackId

ReportOrderId = NewType("ReportOrderId", int)

SCOPE: Final = "files:write"
"""The scope with which the app may send a file."""


_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
"""A name that a person or a forged order gave may be none that a file or a shell takes as it is."""


class ReportForm(StrEnum):
    """The forms of a report."""

    HTML = "html"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"

    @property
    def suffix(self) -> str:
        """The end of a file's name; the tables of csv come in one ZIP file."""
        return "zip" if self is ReportForm.CSV else self.value


class OrderState(StrEnum):
    """Whether the file was sent. Both other states are final."""

    OPEN = "open"
    SENT = "sent"
    NOT_SENT = "not_sent"


class NotSentWhy(StrEnum):
    """Why a report was not sent."""

    NO_SCOPE = "no_scope"
    NO_AUDITOR = "no_auditor"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOrder:
    """`next_attempt_at` is when a worker looks at it again; None: the auditor was told how it ended.

    The direct message about it is at `posted_channel` and `posted_ts`. `file_id` is Slack's id of a file that
    was uploaded and perhaps not shown yet; `digest` and `rows` are those of its report.
    """

    id: ReportOrderId
    slack_id: SlackId
    since: datetime
    until: datetime
    target: str | None
    form: ReportForm
    state: OrderState = OrderState.OPEN
    ordered_at: datetime
    next_attempt_at: datetime | None
    attempts: int = 0
    posted_channel: str | None = None
    posted_ts: str | None = None
    file_id: str | None = None
    digest: str | None = None
    rows: int | None = None
    why: NotSentWhy | None = None

    def is_due(self, now: datetime) -> bool:
        return self.next_attempt_at is not None and self.next_attempt_at <= now

    @property
    def period(self) -> str:
        """The first and the last day of whole days, else both moments; in UTC, as the report has them."""
        if self.since.time() == self.until.time() == time.min:
            return f"{self.since:%Y-%m-%d} to {self.until - timedelta(days=1):%Y-%m-%d}"
        return f"{self.since:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M} UTC"

    @property
    def title(self) -> str:
        of = f", {self.target}" if self.target else ""
        return f"Access report, {self.period}{of}"

    @property
    def file_name(self) -> str:
        """`access-report-2026-03-01-2026-03-31.html`, with the target's name if there is one."""
        last = self.until - timedelta(microseconds=1)
        days = f"{self.since:%Y-%m-%d}-{last:%Y-%m-%d}"
        of = f"-{_UNSAFE.sub('_', self.target)}" if self.target else ""
        return f"access-report{of}-{days}.{self.form.suffix}"

    @property
    def command_line(self) -> str:
        """The command that makes the same report into a file."""
        of = f" --target {shlex.quote(self.target)}" if self.target else ""
        form = "" if self.form is ReportForm.HTML else f" --format {self.form}"
        period = f"--from {_written(self.since)} --to {_written(self.until)}"
        return f"dbaccess audit report {period}{of}{form} --out {self.file_name}"


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
