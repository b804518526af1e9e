"""The line that orders a report: FROM TO [TARGET] [html, csv, json or xlsx]."""

from dataclasses import dataclass
from datetime import datetime

from dbaccess.domain.errors import BadTime, UnknownName
from dbaccess.domain.period import HOW, check_begun, is_day, read_moment, read_period
from dbaccess.domain.report_order import ReportForm
from dbaccess.domain.text import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """The report that was asked for; the period is in UTC."""

    since: datetime
    until: datetime
    target: str | None
    form: ReportForm


def read_report_line(text: str, now: datetime) -> ReportLine:
    """Return what the line asks for; without a second time the period ends now.

    Raises `BadTime`, or `UnknownName` for a word too many.
    """
    now = now.replace(microsecond=0)
    words = clean(text).replace("--format", " ").split()
    if not words:
        raise BadTime(f"Say from when to when: {HOW}. For example: audit report 2026-03-01 2026-03-31.")
    first, *rest = words
    until = rest.pop(0) if rest and (is_day(rest[0]) or _is_time(rest[0], now)) else "now"
    begin, end = read_period(first, until, now)
    check_begun(begin, now)
    form = ReportForm.HTML
    if rest and rest[-1].lower() in set(ReportForm):
        form = ReportForm(rest.pop().lower())
    target = rest.pop(0) if rest else None
    if rest:
        said = f'"{rest[0][:40]}" is no form of a report. Write html, csv, json or xlsx.'
        raise UnknownName(said, kind="form", asked=rest[0], nearest=())
    assert begin is not None and end is not None  # noqa: S101, PT018 both were given
    return ReportLine(since=begin, until=end, target=target, form=form)


def _is_time(word: str, now: datetime) -> bool:
    try:
        read_moment(word, now)
    except BadTime:
        return False
    return True
