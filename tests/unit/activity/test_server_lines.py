"""A log that the server left off for a while has a gap, however it was switched and in any language."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.activity.logged import FORMATS, line, written

formats = pytest.mark.parametrize("form", FORMATS)
SERVERS = {"user": "", "dbname": "", "remote_host": "", "func_name": "", "ps": "", "session_id": "6b0d74e5.1"}
POSTMASTER = SERVERS | {"backend_type": "postmaster"}
STARTUP = SERVERS | {"backend_type": "startup", "session_id": "6b0d74e5.2"}


def at(minute: int, second: int) -> str:
    return f"2026-11-30 13:{minute:02}:{second:02}.479 UTC"


def gaps(form: str, *lines: dict[str, Any]) -> list[tuple[int, int]]:
    """Return the minutes from which to which lines may be missing."""
    found = FORMATS[form]().parse(written(form, *lines))
    assert (len(found.records), found.damaged) == (1, 0)
    return [
        (one.began_at.minute, one.until.minute)
        for one in found.missing
        if one.began_at is not None and one.up_at > one.began_at
    ]


RELOADED = line("received SIGHUP, reloading configuration files", 8, timestamp=at(1, 0), **POSTMASTER)
BEFORE = line("statement: select 1", 1, timestamp=at(0, 9))


@formats
@pytest.mark.parametrize(
    "changed",
    [
        'parameter "log_destination" changed to "stderr,jsonlog"',
        "Parameter »log_destination« auf »csvlog« gesetzt",
        'パラメータ"log_min_messages"は"warning"に変更されました',
    ],
)
def test_log_that_a_reload_switched_off_and_another_on_has_a_gap(form: str, changed: str) -> None:
    on = line(changed, 9, timestamp=at(3, 0), **POSTMASTER)
    assert gaps(form, BEFORE, RELOADED, on) == [(1, 3)]
    other = line('parameter "work_mem" changed to "4MB"', 9, timestamp=at(3, 0), **POSTMASTER)
    assert gaps(form, BEFORE, RELOADED, other) == []


@formats
def test_no_client_can_tell_of_a_gap(form: str) -> None:
    forged = line(
        'parameter "log_destination" changed to "jsonlog"', 2, timestamp=at(3, 0), backend_type="postmaster"
    )
    assert FORMATS[form]().parse(written(form, BEFORE, forged)).missing == []


@formats
@pytest.mark.parametrize(
    ("up_at", "found"),
    [("13:01:30", []), ("13:02:40", [(1, 4)])],
)
@pytest.mark.parametrize(
    "says", ["database system was shut down at {} UTC", "Datenbanksystem wurde am {} UTC heruntergefahren"]
)
def test_server_that_ran_without_this_log_between_two_starts_leaves_a_gap(
    form: str, up_at: str, found: list[tuple[int, int]], says: str
) -> None:
    stopped = line("database system is shut down", 9, timestamp=at(1, 30), **POSTMASTER)
    begun = line("starting PostgreSQL", 1, timestamp=at(4, 0), **POSTMASTER)
    shut = line(says.format(f"2026-11-30 {up_at}"), 1, timestamp=at(4, 1), **STARTUP)
    assert gaps(form, BEFORE, stopped, begun, shut) == found


@formats
def test_crash_of_one_process_leaves_no_gap(form: str) -> None:
    crashed = line("all server processes terminated; reinitializing", 9, timestamp=at(4, 0), **POSTMASTER)
    again = line(
        "database system was interrupted; last known up at 2026-11-30 13:03:00 UTC",
        1,
        timestamp=at(4, 0),
        **STARTUP,
    )
    assert gaps(form, BEFORE, crashed, again) == []
    assert gaps(form, crashed, BEFORE, again) == [(0, 4)]


@formats
def test_start_in_a_new_file_is_compared_with_the_line_before_the_file(form: str) -> None:
    begun = line("starting PostgreSQL", 1, timestamp=at(4, 0), **POSTMASTER)
    shut = line("database system was shut down at 2026-11-30 13:02:40 UTC", 1, timestamp=at(4, 1), **STARTUP)
    (missing,) = FORMATS[form]().parse(written(form, begun, shut)).missing
    assert (missing.began_at, missing.up_at) == (None, datetime(2026, 11, 30, 13, 2, 40, tzinfo=UTC))
