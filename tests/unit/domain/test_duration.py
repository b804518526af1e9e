"""A length of time is read as people write it, or refused with how to write it."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbaccess.domain.duration import format_duration, parse_duration, write_duration
from dbaccess.domain.errors import BadDuration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2h", 7200), ("90m", 5400), ("2h30m", 9000), ("2 hours", 7200), ("1d", 86400), ("20s", 20),
     (" 2H ", 7200), ("2 h 30 min", 9000), ("1 day 2 hrs", 93600), ("1 minute", 60), ("366d", 31622400)],
)  # fmt: skip
def test_what_people_write_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("90", "has no unit"),
        ("1.5", "not a length of time"),
        ("-2", "not a length of time"),
        ("+2", "not a length of time"),
        ("0", "not a length of time"),
        ("0h", "0 is no time at all"),
        ("0h0m", "0 is no time at all"),
        ("-2h", "not a length of time"),
        ("", "not a length of time"),
        ("   ", "not a length of time"),
        ("soon", "not a length of time"),
        ("2h2h", "not a length of time"),
        ("30m2h", "not a length of time"),
        ("2h, 30m", "not a length of time"),
        ("1.5h", "not a length of time"),
        ("2 lightyears", "not a length of time"),
        ("2h; drop table", "not a length of time"),
        ("1000000h", "not a length of time"),
        ("²h", "not a length of time"),
        ("367d", "over a year"),
        ("999999d", "over a year"),
        ("x" * 5000, "not a length of time"),
    ],
)
def test_nonsense_is_refused_with_what_to_write(text: str, says: str) -> None:
    with pytest.raises(BadDuration, match=says) as raised:
        parse_duration(text)
    assert "Write 90m or 2h30m." in str(raised.value)
    assert len(str(raised.value)) < 120


@given(st.integers(min_value=1, max_value=366 * 86400))
def test_what_is_written_is_read_back(seconds: int) -> None:
    length = timedelta(seconds=seconds)
    assert parse_duration(write_duration(length)) == length == parse_duration(format_duration(length))


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(BadDuration):
        assert parse_duration(text) > timedelta(0)


def test_people_see_short_forms() -> None:
    assert format_duration(timedelta(hours=2, minutes=30)) == "2 h 30 min"
    assert format_duration(timedelta(days=1)) == "1 d"
    assert format_duration(timedelta(0)) == "0 s"
    assert write_duration(timedelta(hours=2, minutes=30)) == "2h30m"
