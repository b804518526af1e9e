"""Words for people from the data of records."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from dbaccess.domain.activity_report import ActivityReport
from dbaccess.domain.coverage import CaptureLevel
from dbaccess.domain.duration import format_duration
from dbaccess.domain.grant import Grant
from dbaccess.domain.receipt import Receipt
from dbaccess.domain.use_in_words import minutes_used

Data = Mapping[str, Any]


def person_in_words(data: Data, key: str) -> str | None:
    """`Maya Lindqvist (maya, U0MAYA)`: people choose the displayed name, so the ids are beside it."""
    if data[key] is None:
        return None
    ids = ", ".join(dict.fromkeys([data[key], data[f"{key}_slack_id"]]))
    return f"{data[f'{key}_name']} ({ids})" if data[f"{key}_name"] else ids


def people_in_words(several: list[dict[str, Any]], key: str) -> str:
    return "; ".join(person_in_words(each, key) or "" for each in several)


def duration_in_words(seconds: int) -> str:
    return format_duration(timedelta(seconds=seconds))


def review_in_words(data: Data) -> str:
    """`Priya Nair (priya, U0PRIYA) approved read, 2 h for dba 2026-03-01T…`."""
    given = f" {data['role']}, {duration_in_words(data['duration_seconds'])}" if data["role"] else ""
    groups = ", ".join(data["groups"])
    said = f"{person_in_words(data, 'reviewer')} {data['verdict']}{given} for {groups} {data['reviewed_at']}"
    said += f': "{data["note"]}"' if data["note"] else ""
    return f"{said}, void since {data['voided_at']}: {data['voided_why']}" if data["voided_at"] else said


def verdict_in_words(data: Data) -> str:
    """`pending, by dba, due …`; `justified by Priya Nair (priya, U0PRIYA) at …: "stock fixed"`."""
    if data["reviewer"] is None:
        return f"{data['verdict']}, by {data['review_by']}, due {data['due_at']}"
    reviewer = person_in_words(data, "reviewer")
    return f'{data["verdict"]} by {reviewer} at {data["reviewed_at"]}: "{data["note"]}"'


def later_in_words(data: Data) -> str:
    """`R-1051 extension approved, ends …`."""
    said = f"{data['request']} {data['kind']} {data['state']}"
    if data["not_extended_why"]:
        return f"{said}, not done: {data['not_extended_why']}"
    return f"{said}, ends {data['expires_at']}" if data["expires_at"] else said


def receipt_in_words(receipt: Receipt) -> list[str]:
    """`role removed`, `login removed`, `1 session closed, none left`, and all that is left."""
    from dbaccess.slack.views.phrases import receipt_lines

    return [*receipt_lines(receipt, owned=True), *(f"not removed: {one}" for one in receipt.left)]


def gap_in_words(data: Data) -> str:
    """`2026-03-01T… to now, file_lost`: a time in which statements may be missing."""
    return f"{data['began_at']} to {data['until'] or 'now'}, {data['cause']}"


def activity_in_words(report: ActivityReport, grant: Grant) -> list[str]:
    """Return how far statements were captured, their figures, gaps, and what does not fit the role."""
    coverage, summary = report.coverage, report.summary
    checked = f", checked {coverage.checked_at.isoformat(timespec='seconds')}" if coverage.checked_at else ""
    lines = [f"Captured: {coverage.level.value}{checked}" + (f". {coverage.why}" if coverage.why else "")]
    if coverage.level is CaptureLevel.NONE:
        lines.append("Not proved to be captured: what ran beside these statements is unknown.")
    if summary is None:
        lines.append("The statements are not counted yet.")
    else:
        kinds = ", ".join(f"{kind.value} {count}" for kind, count in summary.by_kind.items())
        lines.append(
            f"{summary.statements} statements ({kinds or 'none known'}), errors {summary.errors}, "
            f"not parsed {summary.not_parsed}, sessions {summary.sessions}"
        )
    if report.shared_with:
        several = ", ".join(f"G-{grant_id}" for grant_id in report.shared_with)
        lines.append(f"Same login as {several}: a statement is counted under the grant that gives the most.")
    lines.append(f"Use: {minutes_used(report.use, grant)}")
    lines += [
        f"Gap: {gap.began_at.isoformat(timespec='seconds')} to "
        f"{gap.until.isoformat(timespec='seconds') if gap.until else 'now'}, {gap.cause.value}"
        for gap in report.gaps
    ]
    lines += [
        f"Does not fit the role: {one.kind.value} {one.times}, {one.refused} refused"
        for one in report.mismatches
    ]
    if not report.is_final:
        lines.append("The last lines are still being read.")
    if report.purged_at is not None:
        lines.append(f"The texts were deleted {report.purged_at.isoformat(timespec='seconds')}.")
    return lines
