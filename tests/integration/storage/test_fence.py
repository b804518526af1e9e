"""A process that stops inside a transaction keeps its locks for seconds, wherever it stops."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing.connection import Connection as Pipe

import psycopg
import pytest
from sqlalchemy import Engine, insert, text

from dbaccess.domain.people import Person, SlackId, SourceId
from dbaccess.ports import Job
from dbaccess.storage.models.outbox import OutboxRow
from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from sandbox.waiting import PATIENCE
from tests.databases import ControlDatabase
from tests.integration.storage.facts import T0, event

_FORKED = multiprocessing.get_context("forkserver")


def _begun(uow: SqlUnitOfWork) -> None:
    """Nothing more than the first statement."""


def _one_row(uow: SqlUnitOfWork) -> None:
    uow._session.execute(insert(OutboxRow).values(job="directory", subject=1))


def _changed_row(uow: SqlUnitOfWork) -> None:
    uow._session.execute(text("update team set url = url"))


def _many_in_the_ledger(uow: SqlUnitOfWork) -> None:
    events = {"events": "\x1e".join(['"maya"\x1f{}\x1fnull\x1f"request.submitted"\x1fnull'] * 200)}
    uow._session.execute(text("select append_entries(:events)"), events)


def _many_in_the_outbox(uow: SqlUnitOfWork) -> None:
    for subject in range(200):
        uow.enqueue(Job.REVOKE, subject)
    uow._write_outbox()


def _many_people(uow: SqlUnitOfWork) -> None:
    uow.directory.put_people(_person(f"U{n}") for n in range(200))


def _many_sources(uow: SqlUnitOfWork) -> None:
    members = {SourceId(f"S{n}"): frozenset({SlackId(f"U{n}"), SlackId("U0")}) for n in range(200)}
    uow.directory.replace_sources(members, read_at=T0)


def _many_groups(uow: SqlUnitOfWork) -> None:
    uow.directory.put_told_groups({f"g{n}": frozenset({SlackId("U0")}) for n in range(200)})


def _half_read(uow: SqlUnitOfWork) -> None:
    next(iter(uow.ledger.entries()), None)


def _person(slack_id: str) -> Person:
    return replace(_MAYA, slack_id=SlackId(slack_id))


_MAYA = Person(
    slack_id=SlackId("U0"),
    team_id="T1",
    name="Maya Lindqvist",
    tz="Europe/Berlin",
    is_guest=False,
    is_bot=False,
    is_deactivated=False,
    sources=frozenset(),
    read_at=T0,
)
BOUNDARIES: dict[str, Callable[[SqlUnitOfWork], None]] = {
    made.__name__: made
    for made in (
        _begun,
        _one_row,
        _changed_row,
        _many_in_the_ledger,
        _many_in_the_outbox,
        _many_people,
        _many_sources,
        _many_groups,
        _half_read,
    )
}


def test_stopped_processes_free_what_they_locked_at_every_boundary(
    worker: Engine, control_database: ControlDatabase
) -> None:
    """No two of the boundaries lock the same, so all are stopped at once."""
    with ExitStack() as stack:
        stopped = [_stopping(stack, control_database.worker_url, boundary) for boundary in BOUNDARIES]
        for boundary, told in zip(BOUNDARIES, stopped, strict=True):
            assert told.poll(90), boundary
            assert told.recv() == boundary
        with SqlUnitOfWork(worker, None) as uow:
            uow.record(event(after="the writer that stopped"))
            uow.commit()
        for boundary in BOUNDARIES:
            _until_gone(control_database, f"stopped{boundary}")


def test_executemany_is_refused(worker: Engine) -> None:
    with worker.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        with pytest.raises(NotImplementedError):
            driver.cursor().executemany("insert into outbox (job, subject) values ('notify', %s)", [[1], [2]])


def _stopping(stack: ExitStack, url: str, boundary: str) -> Pipe:
    """A process that says when it is there, and stops right there."""
    ours, theirs = _FORKED.Pipe()
    process = _FORKED.Process(target=_stop_at, args=(url, boundary, theirs))
    process.start()
    stack.callback(process.join)
    stack.callback(process.kill)
    return ours


def _stop_at(url: str, boundary: str, told: Pipe) -> None:
    engine = build_engine(url, pool_size=1, application_name=f"stopped{boundary}")
    with SqlUnitOfWork(engine, None) as uow:
        BOUNDARIES[boundary](uow)
        told.send(boundary)
        os.kill(os.getpid(), signal.SIGSTOP)


def _until_gone(control: ControlDatabase, name: str) -> None:
    """The server has ended the backend."""
    lives = "select from pg_stat_activity where application_name = %s"
    until = time.monotonic() + PATIENCE
    with psycopg.connect(control.superuser_url, autocommit=True) as admin:
        while admin.execute(lives, [name]).fetchone() is not None:
            assert time.monotonic() < until, name
            time.sleep(0.02)
