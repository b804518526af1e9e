"""A host that stands still, or a path to the control database that falls silent, delays no end."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.acceptance import records, talk
from tests.acceptance.stack import Stack, wait
from tests.relay import relay

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="stops process groups; CI is Linux"),
]

LATE = 45.0
"""Seconds; the lease of a host that does not count as gone lasts for 60."""

_LEADS = """select l.pid from pg_locks l
             where l.locktype = 'advisory' and (l.classid, l.objid) = (27749, 1633969522) and l.granted
               and l.database = (select oid from pg_database where datname = current_database())"""


def test_a_host_that_stands_still_delays_no_end_and_loses_the_lead(stack: Stack) -> None:
    request_id = talk.activate(stack)
    before = wait(lambda: _leader(stack))
    with _second_host(stack, stack.control.worker_url):
        wait(lambda: _processes(stack, "dbaccess-wakeup") >= 2)
        first = stack.processes["workers"].pid
        os.killpg(first, signal.SIGSTOP)
        try:
            _end(stack, request_id)
            wait(lambda: _leader(stack) not in {None, before}, LATE)
        finally:
            os.killpg(first, signal.SIGCONT)
            stack.kill("workers")


def test_connections_that_fall_silent_delay_no_end(stack: Stack) -> None:
    request_id = talk.activate(stack)
    with relay(stack.control.worker_url) as path, _second_host(stack, path.url(stack.control.worker_url)):
        wait(lambda: _processes(stack, "dbaccess-wakeup") >= 2)
        stack.stop("workers")
        path.silence_flows()
        _end(stack, request_id)


def _end(stack: Stack, request_id: int) -> None:
    """The holder is done; the end is on time."""
    talk.end(stack)
    begun = time.monotonic()
    wait(lambda: records.grant_state(stack, request_id) == "ended")
    assert time.monotonic() - begun < LATE


def _leader(stack: Stack) -> int | None:
    rows = records.rows(stack, _LEADS)
    return int(rows[0][0]) if rows else None


def _processes(stack: Stack, name: str) -> int:
    with psycopg.connect(stack.control.superuser_url) as admin:
        listed = "select from pg_stat_activity where application_name = %s and datname = current_database()"
        return len(admin.execute(listed, [name]).fetchall())


@contextmanager
def _second_host(stack: Stack, database_url: str) -> Iterator[None]:
    stack._spawn("workers-2", "workers", env=stack.environment("workers") | {"DATABASE_URL": database_url})
    try:
        yield
    finally:
        stack.stop("workers-2")
