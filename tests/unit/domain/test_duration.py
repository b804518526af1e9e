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
     ("2 and a half hours", 9000), ("two and a half hours", 9000),
     ("1 \u00bd h", 5400), ("1/2 h", 1800), ("1 1/2 hours", 5400), ("1\u20442 hour", 1800),
     ("\u2153 h", 1200),
     ("a half hour", 1800), ("half-hour", 1800), ("half an-hour", 1800), ("quarter hour", 900),
     ("~2h", 7200), ("for about 2 hours", 7200), ("for the next 30 min", 1800), ("another 30m", 1800),
     ("90m.", 5400), ("1 hour, 30 min", 5400), ("2\u3000h", 7200), ("2\u200dh", 7200), ("\u0662h", 7200),
     ("2h\uff0c30m", 9000), ("2h\u3002", 7200), ("\u300c2h\u300d", 7200), ("2\uff28", 7200), ("15M", 900),
     ("90M", 5400), ("2H30M", 9000), ("2H 5M", 7500), ("a day", 86400),
     ("three quarters of an hour", 2700), ("three-quarters of an hour", 2700), ("3 quarters hour", 2700),
     ("hour and a half", 5400), ("Hour and a half.", 5400), ("2hours", 7200), ("1h30min", 5400)],
)  # fmt: skip
def test_durations_are_read_as_people_write_them(text: str, seconds: int) -> None:
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
        ("17:00", "is a time of day"),
        ("17.00", "is a time of day"),
        ("5pm", "is a time of day"),
        ("noon", "is a time of day"),
        ("tomorrow 9:00", "not a length of time"),
        ("1/9 h", "not a length of time"),
        ("24/7", "not a length of time"),
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
        ("2h\uff0cstuck", "2h", "stuck"),
        ("2h\u3001stuck", "2h", "stuck"),
        ("2h\u060c stuck", "2h", "stuck"),
        ("1h 30m looking into it", "1h30m", "looking into it"),
        ("1h 30m orders stuck", "1h30m", "orders stuck"),
        ("1h 20m, users cannot log in", "1h20m", "users cannot log in"),
        ("2h, after the deploy", "2h", "after the deploy"),
        ("2h: 17:00 alert", "2h", "17:00 alert"),
        ("2h tomorrow's release", "2h", "tomorrow's release"),
        ("2h monday's backlog", "2h", "monday's backlog"),
        ("2h in orders", "2h", "in orders"),
        ("2h once approved", "2h", "once approved"),
        ("bis 17:00 stuck", None, None),
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
        ("1M stuck", ("1m", "30d")),
        ("12 M", ("12m", "360d")),
        ("\uff11\uff2d", ("1m", "30d")),
        ("1:30 stuck", ("1h30m",)),
        ("1.30 stuck", ("1h30m",)),
        ("2h 5m users", ("2h", "2h5m")),
        ("2h 5m orders stuck", ("2h", "2h5m")),
        ("2h 30m rows are gone", ("2h", "2h30m")),
        ("2h 30 min ago it broke", ("2h", "2h30m")),
        ("2h, 30 min of downtime", ("2h", "2h30m")),
        ("1h 5 minutes outage", ("1h", "1h5m")),
        ("2h and 30m timeouts", ("2h", "2h30m")),
        ("2h ago it broke", ("2h",)),
        ("2h per day", ("2h",)),
        ("2h every Monday", ("2h",)),
        ("2h daily", ("2h",)),
        ("2h after the deploy", ("2h",)),
        ("2h tomorrow", ("2h",)),
        ("2h, tomorrow morning", ("2h",)),
        ("2h at 17:00", ("2h",)),
        ("2h 17:00 stuck", ("2h",)),
        ("2h on Monday", ("2h",)),
        ("2h next week", ("2h",)),
        ("2h in 30 minutes", ("2h",)),
        ("2h after an hour", ("2h",)),
        ("2 hours and half", ("2h", "2h30m")),
    ],
)
def test_ambiguous_duration_is_asked_back(text: str, choices: tuple[str, ...]) -> None:
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


@pytest.mark.parametrize(
    ("text", "choices", "rest"),
    [
        ("17:00 stuck", ("2h47m",), "stuck"),
        ("17.00: stuck", ("2h47m",), "stuck"),
        ("5pm stuck", ("2h47m",), "stuck"),
        ("5 p.m., stuck", ("2h47m",), "stuck"),
        ("midnight stuck", ("9h47m",), "stuck"),
        ("noon stuck", (), "stuck"),
        ("17:00 UTC stuck", (), "UTC stuck"),
        ("2:30 stuck", ("2h30m",), "stuck"),
        ("11:00 stuck", ("11h",), "stuck"),
        ("25:00 stuck", (), "stuck"),
    ],
)
def test_time_of_day_alone_is_asked_back_with_what_it_may_mean(
    text: str, choices: tuple[str, ...], rest: str
) -> None:
    with pytest.raises(BadDuration, match="a time of day") as raised:
        take_duration(text, clock=lambda: HERE)
    assert (raised.value.choices, raised.value.rest) == (choices, rest)


@pytest.mark.parametrize("text", ["1 month", "a month", "2 mo", "1y", "a year", "one quarter"])
def test_unit_without_a_fixed_length_is_refused_with_another(text: str) -> None:
    with pytest.raises(BadDuration, match=r"no fixed length\. Write 30d\.") as raised:
        take_duration(f"{text} stuck")
    assert (raised.value.choices, raised.value.rest) == ((), "stuck")


@pytest.mark.parametrize("text", ["until 17:00 my time", "until 17:00 local time", "until 17:00 in time"])
def test_own_time_is_no_other_zone(text: str) -> None:
    assert take_duration(text, clock=lambda: HERE)[0] == timedelta(minutes=167)


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
     ("until 5pm on Friday", "names a day"), ("until 17:00 Berlin time", "names a day or a time zone"),
     ("until 17:00 Europe/Berlin", "a time zone"), ("until 5pm PT", "a time zone"),
     ("until 17:00 +01:00", "a time zone"), ("until 17:00 on 5 Dec", "names a day"),
     ("until 17:00 5th December", "names a day"), ("until 17:00 on the 5th", "names a day"),
     ("until 17:00 2026-12-05", "names a day"), ("until 17:00 next Monday", "names a day"),
     ("until tomorrow 9:00", "not a length of time")],
)  # fmt: skip
def test_time_that_is_over_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadDuration, match=says):
        parse_duration(text, clock=lambda: HERE)


@given(st.integers(min_value=1, max_value=366 * 86400))
def test_written_duration_is_read_back(seconds: int) -> None:
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


@pytest.mark.parametrize("written", ["until five", "until tomorrow", "Till EOD", "until end"])
def test_until_without_a_readable_time_is_quoted_with_the_word_behind_it(written: str) -> None:
    with pytest.raises(BadDuration) as refused:
        take_duration(f"{written} looking at orders")
    assert str(refused.value).startswith(f'"{written.lower()}" is not a length of time.')


@pytest.mark.parametrize("text", ["hour looking at orders", "hourly and a half"])
def test_unit_alone_is_no_length(text: str) -> None:
    with pytest.raises(BadDuration):
        take_duration(text)
