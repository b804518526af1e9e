"""Statements as data, and the place of a page among them."""

import csv
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import typer

from dbaccess.cli.output import show_rows
from dbaccess.cli.records import moment
from dbaccess.domain.activity import Statement, StatementKey
from dbaccess.domain.activity_report import ActivityReport
from dbaccess.domain.activity_summary import ActivitySummary
from dbaccess.domain.coverage import Gap
from dbaccess.domain.grant import Grant
from dbaccess.domain.use import Use, granted_minutes, merged
from dbaccess.operations.activity.report import grant_use, recorded_policy
from dbaccess.ports import UnitOfWork

FIELDS: Final = (
    "at", "grant", "cluster", "database", "login", "client", "kind", "text", "bind_values", "reads", "writes",
    "duration_ms", "rows", "sqlstate", "error", "parsed", "nested", "session_id", "line_num",
)  # fmt: skip
_COLUMNS: Final = ("at", "grant", "login", "kind", "duration_ms", "rows", "sqlstate", "text")
_SHOWN: Final = 300


def statement_data(one: Statement) -> dict[str, Any]:
    return {
        "at": one.at.isoformat(timespec="microseconds"),
        "grant": f"G-{one.grant_id}",
        "cluster": one.cluster,
        "database": one.database,
        "login": one.login,
        "client": one.client,
        "kind": one.kind.value,
        "text": one.text,
        "bind_values": list(one.bind_values),
        "reads": list(one.reads),
        "writes": list(one.writes),
        "duration_ms": one.duration / timedelta(milliseconds=1) if one.duration is not None else None,
        "rows": one.rows,
        "sqlstate": one.sqlstate,
        "error": one.error,
        "parsed": one.is_parsed,
        "nested": one.is_nested,
        "session_id": one.session_id,
        "line_num": one.line_num,
    }


def report_data(report: ActivityReport, grant: Grant) -> dict[str, Any]:
    """Return figures, coverage, gaps and what does not fit the role; null where nothing is known."""
    summary, coverage = report.summary, report.coverage
    return {
        "coverage": coverage.level.value,
        "coverage_checked_at": moment(coverage.checked_at),
        "coverage_why": coverage.why,
        "final": report.is_final,
        "purged_at": moment(report.purged_at),
        "gaps": [gap_data(gap) for gap in report.gaps],
        "mismatches": [
            {"kind": one.kind.value, "times": one.times, "refused": one.refused} for one in report.mismatches
        ],
        "summary": summary.as_json() if summary is not None else None,
        "shared_with": [f"G-{grant_id}" for grant_id in report.shared_with],
        "use": use_data(report.use, grant, summary),
    }


def grant_activity_data(uow: UnitOfWork, grant: Grant) -> dict[str, Any]:
    """Return how far the grant's statements are known, and how it was used; null where unknown."""
    coverage, kept = uow.activity.coverage_of(grant.id), uow.activity.summary_of(grant.id)
    data = {
        "coverage": coverage.level.value,
        "coverage_why": coverage.why or None,
        "statements": kept.summary.statements if kept else None,
        "gaps": [gap_data(gap) for gap in uow.activity.gaps_of(grant)],
    }
    use = grant_use(uow, recorded_policy(uow), grant, kept)
    return data | use_data(use, grant, kept.summary if kept else None)


def use_data(use: Use, grant: Grant, counted: ActivitySummary | None) -> dict[str, Any]:
    """Return sessions with the time of the look at them, and minutes used of minutes granted."""
    seen, ran = use.sighting, use.statements
    clients = merged(seen.clients if seen else (), counted.clients if counted else ())
    return {
        "first_statement_at": moment(ran.first_at if ran else None),
        "last_statement_at": moment(ran.last_at if ran else None),
        "sessions": seen.sessions if seen else None,
        "sessions_looked_at": moment(seen.looked_at if seen else None),
        "clients": list(clients),
        "minutes_used": use.minutes,
        "minutes_granted": granted_minutes(grant),
    }


def show_statements(statements: Sequence[Statement], *, as_json: bool, as_csv: bool, empty: str) -> None:
    """Print them in the given order. CSV and JSON have every field; the table has texts cut to one line."""
    rows = [statement_data(one) for one in statements]
    if as_csv:
        writer = csv.DictWriter(sys.stdout, FIELDS)
        writer.writeheader()
        writer.writerows(_cells(row) for row in rows)
        return
    show_rows(
        rows if as_json else [row | {"text": one_line(row["text"])} for row in rows],
        _COLUMNS,
        as_json=as_json,
        empty=empty,
    )


def page_key(key: StatementKey) -> str:
    """Return the place of the statement, as `--after` takes it."""
    return f"{key.at.isoformat(timespec='microseconds')}/{key.cluster}/{key.session_id}/{key.line_num}"


def read_key(text: str | None) -> StatementKey | None:
    """Return the place; raises a usage error for text that `page_key` never wrote."""
    if text is None:
        return None
    try:
        at, cluster, session_id, line_num = text.split("/")
        key = StatementKey(
            at=datetime.fromisoformat(at), cluster=cluster, session_id=session_id, line_num=int(line_num)
        )
    except ValueError:
        raise typer.BadParameter(f'--after "{text[:60]}" is not the end of a page before.') from None
    if key.at.tzinfo is None:
        raise typer.BadParameter(f'--after "{text[:60]}" is not the end of a page before.')
    return key


def gap_data(gap: Gap) -> dict[str, Any]:
    return {
        "cause": gap.cause.value,
        "target": gap.target,
        "began_at": moment(gap.began_at),
        "until": moment(gap.until),
        "why": gap.why,
    }


def _cells(row: dict[str, Any]) -> dict[str, str]:
    return {name: _cell(value) for name, value in row.items()}


def _cell(value: Any) -> str:
    """Return the text of a cell; a sign before it is quoted, or a spreadsheet would run it as a formula."""
    if isinstance(value, list):
        value = "; ".join("NULL" if one is None else str(one) for one in value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def one_line(text: str) -> str:
    """Return the text in one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
