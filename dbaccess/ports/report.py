"""The source of a report, at one moment."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.errors import DbaccessError
from dbaccess.domain.events import EventKind
from dbaccess.domain.ledger import EntryRange
from dbaccess.domain.record_filter import Identities
from dbaccess.domain.recorded_facts import Fact, GrantFacts, RequestFacts
from dbaccess.domain.report_order import ReportForm


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportScope:
    """The period and the filter of a report, as they were asked for.

    `person` is the text that named a person, and `who` all names and accounts that it stands for.
    """

    since: datetime
    until: datetime
    target: str | None = None
    person: str | None = None
    who: Identities | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerState:
    """The ledger as the report found it. `head` is the last hash; `begins_at` is None without an entry."""

    entry_range: EntryRange
    head: str | None
    begins_at: datetime | None
    first_of_period: int
    last_of_period: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeReport:
    """A report as the ledger has it; `last` is the last entry that it rests on."""

    rows: int
    last: int
    digest: str


class ReportTooLarge(DbaccessError):
    """The report is over a limit; what was written of it is of no use."""


class ReportMaker(Protocol):
    def make(
        self, source: "ReportSource", scope: ReportScope, out: BinaryIO, *, actor: str, form: ReportForm
    ) -> MadeReport:
        """Write the report within the maker's limits of rows and bytes; raises `ReportTooLarge`."""


class ReportSource(Protocol):
    """Everything is read from one snapshot, and as it is wanted: never all at once."""

    @property
    def now(self) -> datetime: ...

    def ledger(self) -> LedgerState: ...

    def checkpoint(self) -> SignedCheckpoint | None:
        """Return the last checkpoint of the ledger; None if none was made."""

    def is_recorded(self) -> bool:
        """Return whether this login may record that the report was made."""

    def grants(self) -> Iterator[GrantFacts]:
        """Yield the grants that may have been held in the period; their facts say whether they were."""

    def requests(self) -> Iterator[RequestFacts]:
        """Yield the requests that gave no access and may have been made in the period."""

    def open_reviews(self) -> Iterator[GrantFacts]:
        """Yield the break-glasses that may have waited for their review at the end of the period."""

    def unreadable(self) -> list[int]:
        """Return the sequences of the entries, read so far, that are no events; no row rests on them."""

    def events(
        self, kinds: Collection[EventKind], *, whole: bool = False, later: bool = False
    ) -> Iterator[Fact]:
        """Yield the events of these kinds around the period.

        With `whole` also all before it, and with `later` also all that were recorded after it.
        """
