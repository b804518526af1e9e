"""The record that a report was made."""

from typing import Any

from dbaccess.domain.events import Event, EventKind
from dbaccess.ports import UnitOfWorkFactory
from dbaccess.ports.report import MadeReport, ReportScope


def record_report(
    begin: UnitOfWorkFactory, *, actor: str, scope: ReportScope, form: str, report: MadeReport
) -> None:
    """Record who made the report, of what, and its digest; no row of it."""
    with begin() as uow:
        uow.record(made_event(actor=actor, scope=scope, form=form, report=report))
        uow.commit()


def made_event(*, actor: str, scope: ReportScope, form: str, report: MadeReport, **more: Any) -> Event:
    """Return the event; `more` is what it says besides."""
    filters = {
        "from": scope.since.isoformat(),
        "to": scope.until.isoformat(),
        "target": scope.target,
        "person": scope.person,
    }
    made = {"form": form, "rows": report.rows, "last": report.last, "digest": report.digest}
    return Event(kind=EventKind.REPORT_MADE, actor=actor, data={"filter": filters, **made, **more})
