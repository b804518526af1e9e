"""The record that a report was made."""

from dataclasses import dataclass

from dbaccess.domain.events import Event, EventKind
from dbaccess.ports import UnitOfWorkFactory
from dbaccess.ports.report import ReportScope


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeReport:
    """A report as the ledger has it; `last` is the last entry that it rests on."""

    rows: int
    last: int
    digest: str


def record_report(
    begin: UnitOfWorkFactory, *, actor: str, scope: ReportScope, form: str, report: MadeReport
) -> None:
    """Record who made the report, of what, and its digest; no row of it."""
    filters = {
        "from": scope.since.isoformat(),
        "to": scope.until.isoformat(),
        "target": scope.target,
        "person": scope.person,
    }
    made = {"form": form, "rows": report.rows, "last": report.last, "digest": report.digest}
    with begin() as uow:
        uow.record(Event(kind=EventKind.REPORT_MADE, actor=actor, data={"filter": filters, **made}))
        uow.commit()
