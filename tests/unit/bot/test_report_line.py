"""The line that orders a report: a period, perhaps a target, perhaps a form."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.report_line import ReportLine, read_report_line
from dbaccess.domain.errors import BadTime, Refused, UnknownName
from dbaccess.domain.report_order import ReportForm

NOW = datetime(2026, 4, 10, 12, 30, 5, 999, tzinfo=UTC)
NOW_S = NOW.replace(microsecond=0)
MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
HTML, CSV = ReportForm.HTML, ReportForm.CSV


@pytest.mark.parametrize(
    ("line", "since", "until", "target", "form"),
    [
        ("2026-03-01 2026-03-31", MARCH, APRIL, None, HTML),
        ("2026-03-01 2026-03-31 orders-prod", MARCH, APRIL, "orders-prod", HTML),
        ("2026-03-01 2026-03-31 csv", MARCH, APRIL, None, CSV),
        ("2026-03-01 2026-03-31 orders-prod CSV", MARCH, APRIL, "orders-prod", CSV),
        ("2026-03-01 2026-03-31 --format csv", MARCH, APRIL, None, CSV),
        ("30d", NOW_S - timedelta(days=30), NOW_S, None, HTML),
        ("30d now", NOW_S - timedelta(days=30), NOW_S, None, HTML),
        ("30d orders-prod", NOW_S - timedelta(days=30), NOW_S, "orders-prod", HTML),
        ("7d 1d", NOW_S - timedelta(days=7), NOW_S - timedelta(days=1), None, HTML),
        ("2026-03-01T00:00+01:00 2026-04-01T00:00Z", MARCH - timedelta(hours=1), APRIL, None, HTML),
    ],
)
def test_line_names_a_period_a_target_and_a_form(
    line: str, since: datetime, until: datetime, target: str | None, form: ReportForm
) -> None:
    asked = ReportLine(since=since, until=until, target=target, form=form)
    assert read_report_line(line, NOW) == asked


@pytest.mark.parametrize(
    ("line", "kind", "said"),
    [
        ("", BadTime, "2026-03-01"),
        ("march", BadTime, "march"),
        ("orders-prod 30d", BadTime, "orders-prod"),
        ("2026-03-31 2026-03-01", BadTime, "before"),
        ("2026-02-30 2026-03-01", BadTime, "2026-02-30"),
        ("9999-12-31 9999-12-31", BadTime, "9999-12-31"),
        ("2026-03-01 9999-12-31", BadTime, "far away"),
        ("2026-03-01 2026-02-30", BadTime, "2026-02-30"),
        ("0001-01-01 2026-03-01", BadTime, "far away"),
        ("2026-03-01 2026-03-31 orders-prod pdf", UnknownName, "pdf"),
    ],
)
def test_line_that_says_no_period_is_refused_with_what_to_write(
    line: str, kind: type[Refused], said: str
) -> None:
    with pytest.raises(kind, match=said):
        read_report_line(line, NOW)
