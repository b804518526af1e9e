"""A length of time is read as people write it, or refused with how to write it."""

from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbaccess.domain.duration import format_duration, parse_duration, take_duration, write_duration
from dbaccess.domain.errors import BadDuration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2h", 7200), ("90m", 5400), ("2h30m", 9000), ("2 hours", 7200), ("1d", 86400), ("20s", 20),
     (" 2H ", 7200), ("2 h 30 min", 9000), ("1 day 2 hrs", 93600), ("1 minute", 60), ("366d", 31622400),
     ("1h 30m", 5400), ("1 hour and 30 minutes", 5400), ("2h, 30m", 9000), ("1.5h", 5400), ("1,5 h", 5400),
     ("half an hour", 1800), ("half a day", 43200), ("quarter of an hour", 900), ("an hour", 3600),
     ("an hour and a half", 5400), ("two hours", 7200), ("½h", 1800), ("1½ hours", 5400), ("1w", 604800),
     ("90 min.", 5400), ("2h.", 7200), ("2h,", 7200), ("for 2 hours", 7200),
     ("0.75h", 2700), ("1.75h", 6300), ("1.00h", 3600), ("2 hours and thirty minutes", 9000),
     ("1\u00a0h\u202f30\u2009min", 5400), ("2h + 30m", 9000), ("\u201c2 h\u201d", 7200), ("'2h'", 7200),
     ("(2h)", 7200), ("\u201e2 h\u201c", 7200), ("\u00ab2\u00a0h\u00bb", 7200), ("*2h*", 7200),
     ("\uff12\uff48", 7200), ("1.5 h.", 5400), ("2h?", 7200),
     ("2 and a half hours", 9000), ("two and a half hours", 9000)],
)  # fmt: skip
def test_what_people_write_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("90", "has no unit"),
        ("1.5", "not a length of time"),
        ("1:30h", "not a length of time"),
        ("2h please", "not a length of time"),
        ("0.0001h", "not a length of time"),
        ("1.5s", "no whole number of seconds"),
        ("until 17:00", "not a length of time"),
        ("-2", "not a length of time"),
        ("+2", "not a length of time"),
        ("0", "not a length of time"),
        ("0h", "0 is not a length of time"),
        ("0h0m", "0 is not a length of time"),
        ("-2h", "not a length of time"),
        ("", "not a length of time"),
        ("   ", "not a length of time"),
        ("soon", "not a length of time"),
        ("2h2h", "holds two lengths of time"),
        ("30m2h", "holds two lengths of time"),
        ("2h-3h", "holds two lengths of time"),
        ("1h:30m", "holds two lengths of time"),
        ("1h,1h", "holds two lengths of time"),
        ("2h, then 1h", "holds two lengths of time"),
        ("2h and 3h", "holds two lengths of time"),
        ("1 hour less 10 minutes", "holds two lengths of time"),
        ("1h minus 10m", "holds two lengths of time"),
        ("2h x 3", "holds two lengths of time"),
        ("2h\u00d73", "holds two lengths of time"),
        ("2 lightyears", "has no unit"),
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


@pytest.mark.parametrize(
    ("text", "length", "rest"),
    [
        ("2h30m looking into #4512", "2h30m", "looking into #4512"),
        ("1h 30m, orders stuck", "1h30m", "orders stuck"),
        ("2 hours \u2013 orders stuck", "2h", "orders stuck"),
        ("2h. Orders stuck", "2h", "Orders stuck"),
        ("1h and orders", "1h", "and orders"),
        ("1h and a half-done index", "1h", "and a half-done index"),
        ("1h and a half of the orders", "1h", "and a half of the orders"),
        ("2h or so, orders", "2h", "or so, orders"),
        ("2h (timeouts of 30m)", "2h", "(timeouts of 30m)"),
        ("2h, a minute of downtime", "2h", "a minute of downtime"),
        ("2hot", None, None),
        ("90 min because", "1h30m", "because"),
        ("1H #4512", "1h", "#4512"),
        ("2h", "2h", ""),
        ("1h,", "1h", ""),
        ("1.5 h. Orders", "1h30m", "Orders"),
        ("\u201c2 h\u201d orders", "2h", "orders"),
        ('2h "urgent" orders', "2h", '"urgent" orders'),
        ("2h (max) orders", "2h", "(max) orders"),
        ("2h\u2026 orders", "2h", "orders"),
        ("2h;orders", "2h", "orders"),
        ("2 hours and thirty minutes orders", "2h30m", "orders"),
        ("2h: 30s timeouts on checkout", "2h", "30s timeouts on checkout"),
        ("2h, 404s on checkout", "2h", "404s on checkout"),
        ("2h x-ray of orders", "2h", "x-ray of orders"),
        ("2h and then some", "2h", "and then some"),
        ("bis 17 Uhr", None, None),
        ("until 17 Uhr", None, None),
        ("til 5 Uhr", None, None),
    ],
)
def test_the_length_in_front_of_a_reason_is_taken_whole(text: str, length: str | None, rest: str) -> None:
    if length is None:
        with pytest.raises(BadDuration):
            take_duration(text)
    else:
        assert take_duration(text) == (parse_duration(length), rest)


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("1h30", ("1h", "1h30m")),
        ("1h 30 rows are wrong", ("1h", "1h30m")),
        ("1d 2 orders", ("1d", "1d2h")),
        ("2h 2 days ago it broke", ("2h",)),
        ("2h 404s on checkout", ("2h",)),
        ("2h 20 second timeouts", ("2h",)),
        ("1h 5 minute outage on orders", ("1h",)),
        ("1h a second opinion", ("1h",)),
        ("1h 90m", ("1h",)),
        ("52w 9999 rows", ("364d",)),
        ("2h to 3h", ("2h",)),
        ("90", ("90m",)),
        ("2 because", ("2m", "2h")),
        ("400", ("400m",)),
        ("2h30", ("2h", "2h30m")),
        ("2h/day for a week", ("2h",)),
        ("2h30x orders", ("2h",)),
        ("2h#4512", ("2h",)),
        ("1.30h stuck", ("1h18m", "1h30m")),
        ("1,15 hours", ("1h9m", "1h15m")),
        ("0.33h", ("19m48s", "33m")),
        ("one hour thirty, orders stuck", ("1h", "1h30m")),
        ("2 hours and thirty minute timeouts", ("2h",)),
        ("2h00 stuck", ("2h",)),
        ("2h (30m timeouts on checkout)", ("2h", "2h30m")),
        ('2h "30s timeouts" on checkout', ("2h",)),
        ("2h until 17:00, orders", ("2h",)),
        ("2h from 17:00", ("2h",)),
        ("2h, starting at 5pm: orders", ("2h",)),
        ("2h beginning tomorrow", ("2h",)),
        ("2h, or 3h", ("2h",)),
        ("an hour or two", ("1h",)),
        ("2h; 3h", ("2h",)),
        ("2h: 3h", ("2h",)),
        ("2h and 30, orders", ("2h", "2h30m")),
        ("2h + 30 orders", ("2h", "2h30m")),
        ("an hour and twenty", ("1h", "1h20m")),
        ("two hours, thirty minutes", ("2h",)),
    ],
)
def test_what_may_mean_two_things_is_asked_back(text: str, choices: tuple[str, ...]) -> None:
    with pytest.raises(BadDuration) as raised:
        take_duration(text)
    assert raised.value.choices == choices
    assert all(parse_duration(choice) for choice in choices)


HERE = datetime(2026, 11, 30, 14, 12, 30, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("until 17:00", 167), ("until 5pm", 167), ("till 17", 167), ("until 17.00", 167), ("until 5 p.m.", 167),
     ("until midnight", 587), ("until 02:00", 707), ("Until 14:13", 1), ("until 1700", 167),
     ("until 17h", 167), ("til 5pm", 167), ("\u201cuntil 17:00\u201d", 167)],
)  # fmt: skip
def test_until_is_a_time_in_the_zone_of_the_person(text: str, minutes: int) -> None:
    assert parse_duration(text, clock=lambda: HERE) == timedelta(minutes=minutes)


@pytest.mark.parametrize("mark", ['"', "'", "*", "`", ".", "-", "!", "\u201c", "\u2014", '" '])
def test_marks_of_a_reason_are_kept_and_those_around_a_length_are_not(mark: str) -> None:
    reason = (mark * 12_000).strip()
    assert take_duration(f"1h {reason}") == (parse_duration("1h"), reason)
    assert take_duration(f"1h{mark * 3} stuck orders") == (parse_duration("1h"), "stuck orders")


def test_until_counts_the_hour_that_summer_time_takes() -> None:
    here = datetime(2026, 3, 28, 23, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert parse_duration("until 04:00", clock=lambda: here) == timedelta(hours=4)


@pytest.mark.parametrize(
    ("text", "says"),
    [("until 14:00", "over today, or more than 12 h away"), ("until noon", "over today"),
     ("until 25:00", "no time of day"), ("until 13pm", "no time of day"), ("until 17:75", "no time of day"),
     ("until 5 Dec", "may be a day"), ("until 2026-12-01", "not a length of time"),
     ("until 17:5", "not a length of time"),
     ("until 17:00 UTC", '^"until 17:00 UTC" names a day or a time zone'),
     ("until 15:00+01:00", "a time zone"), ("until 17:00 tomorrow", "names a day"),
     ("until 5pm on Friday", "names a day")],
)  # fmt: skip
def test_time_that_is_over_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadDuration, match=says):
        parse_duration(text, clock=lambda: HERE)


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
