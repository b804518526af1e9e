"""A moment and a period as people write them: every form of a zone, and the edges of a period."""

from datetime import UTC, datetime, timedelta

import pytest

from dbaccess.domain.errors import BadTime
from dbaccess.domain.period import check_begun, read_moment, read_period

NOW = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
"""The day on which Europe's clocks go forward."""


def test_moment_is_read_with_each_form_of_a_zone() -> None:
    for text, expected in (
        ("2026-03-29T01:30Z", "2026-03-29T01:30"),
        ("2026-03-29T03:30+02:00", "2026-03-29T01:30"),
        ("2026-03-29T02:30+0100", "2026-03-29T01:30"),
        ("2026-03-29T02:30+01", "2026-03-29T01:30"),
        ("2026-03-29 02:30", "2026-03-29T02:30"),  # a time that Oslo's clocks do not show; UTC has it
        ("2026-10-25T02:30-00:00", "2026-10-25T02:30"),
        ("2026-03-29T00:00+14:00", "2026-03-28T10:00"),
        (" 2026-03-29 ", "2026-03-29T00:00"),
        ("NOW", "2026-03-29T12:00"),
    ):
        assert read_moment(text, NOW) == datetime.fromisoformat(f"{expected}+00:00"), text


def test_name_of_a_zone_and_other_texts_are_refused_with_what_to_write() -> None:
    for text in (
        "2026-03-29T02:30 Europe/Oslo", "2026-03-29T02:30[Europe/Oslo]", "2026-03-29T02:30 CET",
        "2026-03-29T02:30+99:00", "2026-02-30", "2026-3-1", "01/03/2026", "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-14:00", "2026-03-29T25:00Z", "=1+1", "\x00", "", "9" * 5000,
    ):  # fmt: skip
        with pytest.raises(BadTime) as told:
            read_moment(text, NOW)
        assert "Write" in str(told.value), text
        assert len(str(told.value)) < 160


def test_period_begins_before_it_ends_and_that_of_a_report_not_in_the_future() -> None:
    begin, end = read_period("2026-03-29", "2026-03-29", NOW)
    assert begin is not None
    assert end is not None
    assert end - begin == timedelta(days=1)  # the day has 23 hours in Oslo, and 24 in UTC
    assert read_period("2026-03-01", "2999-01-01", NOW)[0] is not None
    assert read_period(None, None, NOW) == (None, None)
    for since, until, said in (
        ("2026-03-29T02:00Z", "2026-03-29T02:00Z", "ends before it begins"),
        ("2026-03-29T03:00+02:00", "2026-03-29T00:30Z", "ends before it begins"),
        ("2026-03-20", "2026-03-19", "ends before it begins"),
    ):
        with pytest.raises(BadTime, match=said):
            read_period(since, until, NOW)
    for moment in (NOW, NOW - timedelta(days=9), None):
        check_begun(moment, NOW)
    with pytest.raises(BadTime, match="in the future"):
        check_begun(NOW + timedelta(seconds=1), NOW)
