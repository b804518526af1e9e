"""How many events eight writers link into the chain, beside plain inserts of the same rows."""

import logging
import multiprocessing
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from itertools import cycle, islice

import psycopg
import structlog

from bench.figures import Figure
from bench.ledger import STORY
from dbaccess.domain.events import Event
from dbaccess.domain.grant import GrantId
from dbaccess.domain.ledger import link
from dbaccess.domain.request import RequestId
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine
from tests.databases import ControlDatabase

WRITERS = 8
BATCHES = (1, 100)
"""Events of one transaction: most have one or two, and those that end a crowd have hundreds."""

_INSERT = b"""insert into plain (seq, prev_hash, body, hash, kind, request_id, grant_id)
              select * from unnest(%s::bigint[], %s::bytea[], %s::bytea[], %s::bytea[], %s::text[],
                                   %s::bigint[], %s::bigint[])"""
_Commit = Callable[[Sequence[Event]], None]
_Writing = Callable[[ControlDatabase, int], AbstractContextManager[_Commit]]


def measure(control: ControlDatabase, rounds: int, progress: Callable[[str], None]) -> list[Figure]:
    """Each writer commits `rounds` transactions; the plain table has the ledger's columns and keys."""
    with psycopg.connect(control.superuser_url, autocommit=True) as owner:
        owner.execute("create table plain (like ledger including indexes)")
        owner.execute("grant insert on plain to dbaccess_worker")
    return [_figure(control, rounds, batch, progress) for batch in BATCHES]


def _figure(control: ControlDatabase, rounds: int, batch: int, progress: Callable[[str], None]) -> Figure:
    linked, inserted = (_seconds(writing, control, rounds, batch) for writing in (_linking, _inserting))
    events = WRITERS * rounds * batch
    rates = [f"{events / seconds:,.0f} a second" for seconds in (linked, inserted)]
    progress(f"link: {batch} in a transaction: {rates[0]}, plain {rates[1]}, {inserted / linked:.2f} of that")
    return Figure(
        name=f"{WRITERS} writers link {events:,} events, {batch} in a transaction ({rates[0]})",
        seconds=[linked],
        beside=f"plain inserts of the same rows ({rates[1]})",
        beside_seconds=[inserted],
        aim="at most twice the time",
    )


def _seconds(writing: _Writing, control: ControlDatabase, rounds: int, batch: int) -> float:
    """Return the time from when all writers may begin until the last one is done."""
    context = multiprocessing.get_context("fork")
    start = context.Barrier(WRITERS + 1)

    def run(number: int) -> None:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        with writing(control, number) as commit:
            commit(_events(batch))  # connected, and the statements are known
            start.wait()
            for _ in range(rounds):
                commit(_events(batch))

    writers = [context.Process(target=run, args=(number,)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    start.wait()
    began = time.perf_counter()
    for writer in writers:
        writer.join()
    seconds = time.perf_counter() - began
    if any(writer.exitcode for writer in writers):
        raise AssertionError("a writer failed")
    return seconds


def _events(batch: int) -> list[Event]:
    return [
        Event(kind=kind, actor="worker", request_id=RequestId(1001), grant_id=GrantId(1001), data=data)
        for kind, data in islice(cycle(STORY), batch)
    ]


@contextmanager
def _linking(control: ControlDatabase, _: int) -> Iterator[_Commit]:
    engine = build_engine(control.worker_url, pool_size=1, application_name="bench")

    def commit(events: Sequence[Event]) -> None:
        with SqlUnitOfWork(engine, None) as uow:
            for event in events:
                uow.record(event)
            uow.commit()

    yield commit
    engine.dispose()


@contextmanager
def _inserting(control: ControlDatabase, number: int) -> Iterator[_Commit]:
    """Each row is made as the ledger makes it, but follows the last one of its own writer."""
    seq, before = secrets.randbelow(2**30) * 2**20 + number, secrets.token_bytes(32)

    def commit(events: Sequence[Event]) -> None:
        nonlocal seq, before
        rows = []
        for event in events:
            entry = link(event, seq=seq, prev_hash=before, at=datetime.now(UTC))
            rows.append((*entry, event.kind.value, event.request_id, event.grant_id))
            seq, before = seq + WRITERS, entry.hash
        connection.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])
        connection.commit()

    with psycopg.connect(control.worker_url) as connection:
        yield commit
