"""`dbaccess audit report`."""

import gc
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from dbaccess.audit.report.document import Document, document
from dbaccess.audit.report.make_report import WRITERS, maker_named, summary
from dbaccess.cli.audit_options import From, OfPerson, OfTarget, To, refuse_unknown, time_range
from dbaccess.cli.audit_rights import reading_rights
from dbaccess.cli.control import control
from dbaccess.cli.new_file import new_file
from dbaccess.cli.output import actor, counted
from dbaccess.domain.errors import BadTime
from dbaccess.domain.period import check_begun
from dbaccess.domain.report_order import ReportForm
from dbaccess.operations.queries.find_identities import find_identities
from dbaccess.operations.queries.report.record import record_report
from dbaccess.operations.queries.report.source import RecordedSource
from dbaccess.ports import UnitOfWork
from dbaccess.ports.report import ReportScope

InForm = Annotated[ReportForm, typer.Option("--format", help="csv is a ZIP file of tables.")]


def report(
    out: Annotated[Path, typer.Option("--out", help="The file to make; it must not exist.")],
    since: From = None,
    until: To = None,
    target: OfTarget = None,
    person: OfPerson = None,
    form: Annotated[
        ReportForm, typer.Option("--format", help="csv is a ZIP file of tables.")
    ] = ReportForm.HTML,
) -> None:
    """Make a report of a period: its grants, and what an audit asks beside them.

    DATABASE_URL is that of dbaccess_auditor. The ledger records that the report was made, with its digest.

    Example: dbaccess audit report --from 2026-03-01 --to 2026-03-31 --out march.html
    """
    if since is None:
        raise typer.BadParameter("--from is missing: say when the period begins, such as --from 30d")
    gc.freeze()  # the objects of the imports stay: the collector need not walk through them again and again
    begins, ends = time_range(since, until)
    try:
        check_begun(begins, datetime.now(UTC))
    except BadTime as error:
        raise typer.BadParameter(f"--from: {error}") from error
    with reading_rights(), control(snapshot=True) as begin, new_file(out) as file:
        with begin() as uow:
            scope = _scope(uow, begins, ends, target, person)
            source = RecordedSource(uow, scope)
            with document(source, scope, maker_named(actor())) as made:
                WRITERS[form](made, file)
            is_recorded = source.is_recorded()
        # Recorded before the file has its name: no report lies there that the ledger should have and has not.
        if is_recorded:
            # A transaction of its own kind: in a snapshot the ledger's head could be an older one.
            with control() as record:
                record_report(record, actor=actor(), scope=scope, form=form.value, report=summary(made))
    _say(out, made, is_recorded=is_recorded)


def _scope(
    uow: UnitOfWork, since: datetime | None, until: datetime | None, target: str | None, person: str | None
) -> ReportScope:
    refuse_unknown(uow, target=target)
    return ReportScope(
        since=(since or uow.now).astimezone(UTC),
        until=(until or uow.now).astimezone(UTC),
        target=target,
        person=person,
        who=find_identities(uow, person) if person is not None else None,
    )


def _say(out: Path, made: Document, *, is_recorded: bool) -> None:
    grants = counted(made.figures.grants, "grant")
    typer.echo(f"{out}: {grants}, {counted(made.rows, 'row')}, digest {made.whole}")
    notes = [*made.head["notes"]]
    if not is_recorded:
        notes.append("The ledger does not record this report: the login only reads.")
    for note in notes:
        typer.echo(note, err=True)
