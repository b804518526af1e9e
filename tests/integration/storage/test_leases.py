"""A lease ends with its holder, however the holder ends."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import psycopg
import pytest
from sqlalchemy import Engine

from dbaccess.storage import leases as leases_module
from dbaccess.storage.leases import LIVE, LOCK, TURN, SessionLeases, _hash
from sandbox.waiting import wait_for
from tests.databases import ControlDatabase

FREE_WITHIN = 5.0
"""Seconds after which an end goes on with another worker."""


def _is_live(worker: Engine, lease: str) -> bool:
    with worker.connect() as connection:
        return lease in connection.scalars(LIVE).all()


def _becomes_free(worker: Engine, lease: str) -> None:
    wait_for(lambda: not _is_live(worker, lease))


def _hold(url: str, told: Connection) -> None:
    with SessionLeases(url).hold() as lease:
        told.send(lease)
        time.sleep(600)


@contextmanager
def _other_process(url: str) -> Iterator[tuple[int, str]]:
    """Its pid, and the lease that it holds until it ends."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_hold, args=(url, there))
    process.start()
    try:
        assert here.poll(60)
        assert process.pid is not None
        yield process.pid, here.recv()
    finally:
        process.kill()
        process.join(10)


def test_lease_is_live_while_it_is_held_and_no_longer(worker: Engine, leases: SessionLeases) -> None:
    with leases.hold() as one, leases.hold() as other:
        assert one != other
        assert _is_live(worker, one)
        assert _is_live(worker, other)
    assert not _is_live(worker, one)
    assert not _is_live(worker, other)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
def test_lease_of_a_process_that_is_killed_or_frozen_is_free(
    worker: Engine, control_database: ControlDatabase, end: signal.Signals
) -> None:
    with _other_process(control_database.worker_url) as (pid, lease):
        assert _is_live(worker, lease)
        os.kill(pid, end)
        _becomes_free(worker, lease)


def test_server_frees_the_leases_of_a_silent_process_in_time_for_another_one(
    leases: SessionLeases, control_database: ControlDatabase
) -> None:
    with leases.hold():
        assert leases._connection is not None
        patience = leases._connection.execute("show idle_session_timeout").fetchall()
    assert patience == [(f"{leases_module._SILENT_FOR}s",)]
    assert leases_module._SILENT_FOR <= FREE_WITHIN


def test_process_that_lives_says_so_more_often_than_the_servers_patience_lasts(
    leases: SessionLeases, control_database: ControlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 2 * leases_module._TOUCH_EVERY < leases_module._SILENT_FOR
    monkeypatch.setattr(leases_module, "_TOUCH_EVERY", 0.01)
    shown = """select query_start from pg_stat_activity
                where application_name = 'dbaccess-leases' and datname = current_database()"""
    moments = set()
    with leases.hold(), psycopg.connect(control_database.superuser_url, autocommit=True) as admin:

        def shows_again() -> bool:
            moments.update(admin.execute(shown).fetchall())
            return len(moments) > 3

        wait_for(shows_again)


def test_lost_connection_frees_its_leases_and_the_next_one_has_another(
    worker: Engine, leases: SessionLeases, control_database: ControlDatabase
) -> None:
    with leases.hold() as lost:
        with psycopg.connect(control_database.superuser_url) as admin:
            admin.execute(
                """select pg_terminate_backend(pid) from pg_stat_activity
                    where application_name = 'dbaccess-leases' and datname = current_database()"""
            )
        _becomes_free(worker, lost)
        with leases.hold() as found:
            assert _is_live(worker, found)
            assert not _is_live(worker, lost)


def test_only_a_worker_keeps_a_lease_alive(
    worker: Engine, leases: SessionLeases, control_database: ControlDatabase
) -> None:
    """A lease's number stands in its grant, which the bot reads; a dead worker's lock is free to take."""
    with leases.hold() as lease:
        pass
    with psycopg.connect(control_database.bot_url, autocommit=True) as enemy:
        enemy.execute("select pg_advisory_lock(%s, %s)", [LOCK, int(lease)])
        assert not _is_live(worker, lease)


def test_one_call_has_the_turn_among_threads_and_processes(
    leases: SessionLeases, control_database: ControlDatabase
) -> None:
    other = SessionLeases(control_database.worker_url)
    with leases.turn("cut off main") as mine:
        assert mine
        for again in (leases, other):
            with again.turn("cut off main") as theirs, again.turn("cut off another") as free:
                assert not theirs
                assert free
    with other.turn("cut off main") as free:
        assert free
    other.close()


def test_turn_of_a_process_that_is_gone_is_free(
    leases: SessionLeases, control_database: ControlDatabase
) -> None:
    other = SessionLeases(control_database.worker_url)
    with other.turn("cut off main") as mine:
        assert mine
        other.close()
        wait_for(lambda: _has_turn(leases))  # the server ends a session a moment after its connection
    assert _has_turn(leases)


def _has_turn(leases: SessionLeases) -> bool:
    with leases.turn("cut off main") as free:
        return free


def test_lock_that_the_bots_login_takes_keeps_no_worker_from_its_turn(
    leases: SessionLeases, control_database: ControlDatabase
) -> None:
    with psycopg.connect(control_database.bot_url, autocommit=True) as enemy:
        enemy.execute("select pg_advisory_lock(%s, %s)", [TURN, _hash("cut off main")])
        with leases.turn("cut off main") as mine:
            assert mine
