"""The making of a report in one of its forms, within limits where it is sent somewhere."""

import io
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from importlib.metadata import version
from typing import BinaryIO, Final, TypeVar

from dbaccess.audit.report.csv_files import write_csv
from dbaccess.audit.report.document import Document, Maker, document
from dbaccess.audit.report.json_file import write_json
from dbaccess.audit.report.page.page import write_html
from dbaccess.audit.report.workbook import write_xlsx
from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.events import EventKind
from dbaccess.domain.recorded_facts import Fact, GrantFacts, RequestFacts
from dbaccess.domain.report_order import ReportForm
from dbaccess.ports.report import LedgerState, MadeReport, ReportScope, ReportSource, ReportTooLarge

WRITERS: Final[Mapping[ReportForm, Callable[[Document, BinaryIO], None]]] = {
    ReportForm.HTML: write_html,
    ReportForm.CSV: write_csv,
    ReportForm.JSON: write_json,
    ReportForm.XLSX: write_xlsx,
}
MOST_READ: Final = 50_000
"""Grants, requests and events that a report for Slack reads: its job has two minutes, and others wait."""
MOST_BYTES: Final = 50_000_000
MOST_SECONDS: Final = 60.0

Item = TypeVar("Item")


def maker_named(actor: str) -> Maker:
    """Return this person with this version of dbaccess."""
    return Maker(actor=actor, tool=f"dbaccess {version('dbaccess')}")


def summary(made: Document) -> MadeReport:
    """Return what the ledger records of it."""
    return MadeReport(rows=made.rows, last=made.head["ledger"]["last"], digest=made.whole)


class LimitedReports:
    """`ReportMaker`, with these limits of what is read, of the file, and of the time for reading."""

    def __init__(
        self,
        *,
        most_read: int = MOST_READ,
        most_bytes: int = MOST_BYTES,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self._most_read = most_read
        self._most_bytes = most_bytes
        self._most_seconds = most_seconds

    def make(
        self, source: ReportSource, scope: ReportScope, out: BinaryIO, *, actor: str, form: ReportForm
    ) -> MadeReport:
        counted = _Counted(source, self._most_read, until=time.monotonic() + self._most_seconds)
        with document(counted, scope, maker_named(actor)) as made:
            WRITERS[form](made, out)
            if out.seek(0, io.SEEK_END) > self._most_bytes:
                raise ReportTooLarge("The file is larger than a report for Slack may be.")
            return summary(made)


class _Counted:
    """`ReportSource` that gives up after so many rows, or at a moment of the monotonic clock."""

    def __init__(self, source: ReportSource, most: int, *, until: float) -> None:
        self._source = source
        self._left = most
        self._until = until

    @property
    def now(self) -> datetime:
        return self._source.now

    def ledger(self) -> LedgerState:
        return self._source.ledger()

    def checkpoint(self) -> SignedCheckpoint | None:
        return self._source.checkpoint()

    def is_recorded(self) -> bool:
        return self._source.is_recorded()

    def grants(self) -> Iterator[GrantFacts]:
        return self._counted(self._source.grants())

    def requests(self) -> Iterator[RequestFacts]:
        return self._counted(self._source.requests())

    def open_reviews(self) -> Iterator[GrantFacts]:
        return self._counted(self._source.open_reviews())

    def events(
        self, kinds: Collection[EventKind], *, whole: bool = False, later: bool = False
    ) -> Iterator[Fact]:
        return self._counted(self._source.events(kinds, whole=whole, later=later))

    def unreadable(self) -> list[int]:
        return self._source.unreadable()

    def _counted(self, items: Iterator[Item]) -> Iterator[Item]:
        for item in items:
            self._left -= 1
            if self._left < 0 or time.monotonic() > self._until:
                raise ReportTooLarge("There is more in this period than a report for Slack may hold.")
            yield item
