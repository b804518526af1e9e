"""Activity in messages: how far statements are captured, and what a grant ran; all of it escaped.

Nothing that is unknown is shown as none.
"""

from datetime import datetime
from typing import Any, Final

from dbaccess.domain.activity import StatementKind
from dbaccess.domain.activity_report import ActivityReport
from dbaccess.domain.activity_summary import ActivitySummary, Mismatch, MismatchKind
from dbaccess.domain.coverage import CaptureLevel, Coverage, Gap, GapCause
from dbaccess.domain.grant import Grant
from dbaccess.domain.request_details import RequestDetails
from dbaccess.domain.use_in_words import ago
from dbaccess.slack.blocks import button
from dbaccess.slack.text import cut, date, escape, inline
from dbaccess.slack.views import use
from dbaccess.slack.views.phrases import counted

SHOW_STATEMENTS = "activity.show"
"""Value: the grant's id. Opens the modal `statements`."""

STILL_READ: Final = "The last lines are still being read."

_GAPS: Final = 3
_LEVELS: Final = {
    CaptureLevel.FULL: "Statements captured in full",
    CaptureLevel.STATEMENTS: "Statements only, no objects inside functions",
}
_CAUSES: Final = {
    GapCause.FILE_LOST: "log file lost",
    GapCause.BYTES_LOST: "log file cut or overwritten",
    GapCause.LINE_TOO_LONG: "a line too long to read",
    GapCause.UNREADABLE: "part of the log not readable",
    GapCause.SOURCE_SILENT: "log not readable",
    GapCause.SWITCHED_OFF: "capture switched off",
    GapCause.LOG_CHANGED: "log switched on the server",
    GapCause.CANARY_LOST: "the check of the capture failed",
    GapCause.NOT_IMPORTED: "not imported",
}


def report_of(details: RequestDetails) -> ActivityReport:
    """Return the activity of the grant; without one, that nothing more is known than the coverage."""
    return details.activity or ActivityReport(coverage=details.coverage, access=details.request.terms.access)


def coverage_phrase(coverage: Coverage) -> str:
    """Return `Statements captured in full, checked {03:15}`, or why they are not; without a full stop."""
    if coverage.level is CaptureLevel.NONE:
        return f"Statements not captured: {_why(coverage)}"
    return f"{_LEVELS[coverage.level]}{_checked(coverage)}{_imported(coverage)}"


def coverage_sentence(coverage: Coverage, *, now: datetime) -> str:
    """Return it for a view that is built at `now`, with the age of the check."""
    if coverage.level is CaptureLevel.NONE or coverage.checked_at is None:
        return f"{coverage_phrase(coverage)}."
    checked = f"checked {ago(now - coverage.checked_at)}"
    return f"{_LEVELS[coverage.level]}, {checked}{_imported(coverage)}."


def summary_text(report: ActivityReport, grant: Grant) -> str:
    """Return what the grant ran: a line each for figures, use of the time, gaps, and what does not fit."""
    lines = [_head(report), *_shared(report), *use.over_all(report, grant)]
    lines += [gap_text(gap) for gap in report.gaps[:_GAPS]]
    if len(report.gaps) > _GAPS:
        lines.append(f"{counted(len(report.gaps) - _GAPS, 'more gap')}.")
    lines += [_mismatch(one, report.access, grant) for one in report.mismatches]
    if report.purged_at is not None:
        lines.append(f"The texts were deleted {date(report.purged_at)}.")
    return "\n".join(lines)


def short_text(report: ActivityReport) -> str:
    """Return `212 statements`, `No statements ran`, `Statements not captured`; without a full stop."""
    summary = report.summary
    if summary is not None and summary.first_at is not None:
        return counted(summary.statements, "statement")
    if report.coverage.level is CaptureLevel.NONE:
        return "Statements not captured"
    known = report.is_final and not report.gaps
    if known and report.shared_with:
        return "No statements of its own"
    return "No statements ran" if known else "Statements not known yet"


def gap_text(gap: Gap) -> str:
    """Return `Captured, except {04:10} to {04:16}: log file lost`, with a full stop."""
    until = f"to {date(gap.until)}" if gap.until is not None else "on"
    since = "from " if gap.until is None else ""
    return f"Captured, except {since}{date(gap.began_at)} {until}: {_CAUSES[gap.cause]}."


def show_button(grant: Grant) -> dict[str, Any]:
    spoken = cut(f"Show statements of {grant.role} on {grant.target}", 75)
    return button("Show statements", action_id=SHOW_STATEMENTS, value=str(grant.id), spoken=spoken)


def _head(report: ActivityReport) -> str:
    coverage, summary = report.coverage, report.summary
    nothing = summary is None or summary.first_at is None
    if nothing and coverage.level is CaptureLevel.NONE:
        return f"Not captured: {_why(coverage)}. What ran is unknown."
    if summary is None or summary.first_at is None:
        return _nothing(report)
    said = [_captured(coverage), _counts(summary, is_proved=coverage.level is not CaptureLevel.NONE)]
    return " ".join([*said, *([] if report.is_final else [STILL_READ])])


def _nothing(report: ActivityReport) -> str:
    """Return that nothing ran where that is known, and else that it is not known."""
    checked = f"{_captured(report.coverage)[:-1]}{_checked(report.coverage)}."
    if not report.is_final:
        return f"No statements are known yet. {checked} {STILL_READ}"
    if report.gaps or report.shared_with:
        return f"No statements are known. {checked}"
    return f"No statements ran. {checked}"


def _shared(report: ActivityReport) -> list[str]:
    """Return that another grant had the same login, so that its figures may have what ran under this one."""
    if not report.shared_with:
        return []
    several = ", ".join(f"G-{grant_id}" for grant_id in report.shared_with[:_GAPS])
    more = f" and {len(report.shared_with) - _GAPS} more" if len(report.shared_with) > _GAPS else ""
    return [f"Same login as {several}{more}: a statement is counted under the grant that gives the most."]


def _captured(coverage: Coverage) -> str:
    if coverage.level is CaptureLevel.NONE:
        return f"Not proved to be captured: {_why(coverage)}."
    if coverage.level is CaptureLevel.FULL:
        return "Captured in full."
    return f"{_LEVELS[coverage.level]}."


def _counts(summary: ActivitySummary, *, is_proved: bool) -> str:
    none = "none" if is_proved else "none known"
    parts = [
        f"{counted(summary.statements, 'statement')} {_span(summary)}.",
        f"Read: {use.names(summary.reads) or none}.",
        f"Written: {use.names(summary.writes) or none}.",
        f"DDL: {_ddl(summary) or none}.",
        f"Errors: {summary.errors}.",
    ]
    parts += [f"Rows: {summary.rows:,}."] if summary.rows is not None else []
    parts += [f"Not parsed: {summary.not_parsed}."] if summary.not_parsed else []
    return " ".join(parts)


def _ddl(summary: ActivitySummary) -> str:
    """Return the tables; DDL that changes no table, such as GRANT, is counted."""
    count = summary.by_kind.get(StatementKind.DDL, 0)
    return use.names(summary.ddl) or (counted(count, "statement") if count else "")


def _span(summary: ActivitySummary) -> str:
    if summary.first_at is None or summary.last_at is None:
        return ""
    return f"{date(summary.first_at)} to {date(summary.last_at)}"


def _mismatch(one: Mismatch, access: str, grant: Grant) -> str:
    times = "once" if one.times == 1 else f"{one.times} times"
    deeds = {
        MismatchKind.WROTE: ("wrote", "tried to write"),
        MismatchKind.CHANGED_SCHEMA: ("changed objects", "tried to change objects"),
        MismatchKind.OTHER_TABLE: ("reached beyond the role", "tried to reach beyond the role"),
    }
    done, tried = deeds[one.kind]
    deed = tried if one.refused + one.failed == one.times else done
    asked = f"asked to {'change the schema' if access == 'ddl' else escape(access)}"
    return f":warning: Does not fit the role: {asked}, {deed} {times} ({_first(one)}{_undone(one, grant)})."


def _undone(one: Mismatch, grant: Grant) -> str:
    """Return how many of them changed nothing, and why."""
    counts = {f"refused by {escape(grant.target)}": one.refused, "failed": one.failed}
    return "".join(
        f", {how}" if count == one.times else f", {count} {how}" for how, count in counts.items() if count
    )


def _first(one: Mismatch) -> str:
    """Return `update shop.orders`: a known word of SQL and names of tables, never the text."""
    tables = use.names(one.tables)
    return f"{one.verb} {tables}" if tables else one.verb


def _why(coverage: Coverage) -> str:
    return inline(cut(coverage.why.rstrip("."), 200)) or "the reason is not known"


def _imported(coverage: Coverage) -> str:
    """Return up to when the log was imported, of one that is."""
    return f", {_why(coverage)}" if coverage.why else ""


def _checked(coverage: Coverage) -> str:
    return f", checked {date(coverage.checked_at)}" if coverage.checked_at is not None else ""
