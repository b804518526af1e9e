"""The ledger is one chain, whatever process writes, and every change in it is found."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.ledger import faults
from dbaccess.domain.ledger_body import write_body
from dbaccess.domain.request import RequestId
from dbaccess.storage.repositories import ledger as stored
from dbaccess.storage.repositories.ledger import _PAGE
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.integration.storage.facts import event


def write(engine: Engine, *, transactions: int, each: int, writer: int = 0) -> None:
    for number in range(transactions):
        with SqlUnitOfWork(engine, None) as uow:
            for part in range(each):
                uow.record(event(writer=writer, number=number, part=part))
            uow.commit()


def test_pages_of_events_of_eight_writers_are_one_chain_without_gap(worker: Engine) -> None:
    plan = [(200, 1)] * 4 + [(26, 50)] * 4
    with ThreadPoolExecutor(8) as pool:
        writers = [
            pool.submit(write, worker, transactions=count, each=each, writer=n)
            for n, (count, each) in enumerate(plan)
        ]
        for writer in writers:
            writer.result()
    with SqlUnitOfWork(worker, None) as uow:
        entries = list(uow.ledger.entries())
        assert uow.ledger.head() == entries[-1]
        assert uow.ledger.tail(3) == entries[-3:]
        assert list(uow.ledger.entries(after=_PAGE)) == entries[_PAGE:]
    assert len(entries) == sum(count * each for count, each in plan) == 6_000 > _PAGE
    assert list(faults(entries)) == []
    assert [entry.seq for entry in entries] == list(range(1, 6_001))
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(entries))
    assert all(a.fields["at"] <= b.fields["at"] for a, b in pairwise(entries))
    for n, (count, each) in enumerate(plan):
        told = [e.fields["data"] for e in entries if e.fields["data"]["writer"] == n]
        assert [(d["number"], d["part"]) for d in told] == [(i, j) for i in range(count) for j in range(each)]


def test_entry_has_the_bytes_that_the_domain_writes(worker: Engine) -> None:
    """The control database puts a body together, and anybody can make it anew from what it says."""
    odd = {
        'é\0"\\\n': ["\u2028", {"none": None, "deep": [[1, 2**53]]}],
        " : , ": "\u0000'$1%s;--",
        "last": {},
    }
    told = [
        Event(kind=EventKind.REQUEST_SUBMITTED, actor='mäya "x" \\', request_id=RequestId(7), data=odd),
        Event(kind=EventKind.GRANT_CREATED, actor="worker", request_id=RequestId(2**62), grant_id=GrantId(1)),
        Event(kind=EventKind.GRANT_ENDED, actor="worker", data={"lines": ["x" * 100] * 5000}),
    ]
    with SqlUnitOfWork(worker, None) as uow:
        for one in told:
            uow.record(one)
        uow.commit()
    with SqlUnitOfWork(worker, None) as uow:
        entries = list(uow.ledger.entries())
    assert [entry.body for entry in entries] == [
        write_body(one, seq=entry.seq, at=datetime.fromisoformat(entry.fields["at"]))
        for one, entry in zip(told, entries, strict=True)
    ]
    assert list(faults(entries)) == []


def test_row_changed_by_a_superuser_is_found(worker: Engine, control_database: ControlDatabase) -> None:
    write(worker, transactions=5, each=2)
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("alter table ledger disable trigger append_only")
        admin.execute(
            "update ledger set body = replace(encode(body, 'escape'), 'maya', 'mark')::bytea where seq = 4"
        )
    with SqlUnitOfWork(worker, None) as uow:
        found = list(faults(uow.ledger.entries()))
    assert [(fault.seq, fault.what) for fault in found] == [
        (4, "was changed: its hash does not fit its content")
    ]


def test_row_removed_by_a_superuser_is_found(worker: Engine, control_database: ControlDatabase) -> None:
    write(worker, transactions=5, each=1)
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("alter table ledger disable trigger append_only")
        admin.execute("delete from ledger where seq = 3")
    with SqlUnitOfWork(worker, None) as uow:
        found = [fault.what for fault in faults(uow.ledger.entries())]
    assert found == ["entries 3 to 3 are missing", "does not follow the entry before it"]


def test_second_row_of_a_place_is_found_also_at_the_end_of_a_page(
    worker: Engine, control_database: ControlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(worker, transactions=5, each=1)
    with psycopg.connect(control_database.superuser_url) as admin:
        for name in (b"ledger_pk", b"ledger_no_fork", b"ledger_hash_once"):
            admin.execute(b"alter table ledger drop constraint " + name)
        admin.execute("alter table ledger disable trigger user")
        admin.execute("insert into ledger select * from ledger where seq = 3")
    for page in (1, 2, 3, 4, 10):
        monkeypatch.setattr(stored, "_PAGE", page)
        with SqlUnitOfWork(worker, None) as uow:
            found = [fault.what for fault in faults(uow.ledger.entries())]
        assert "is there a second time, or in the wrong place" in found, page


def test_pages_with_large_bodies_give_each_entry_once(
    worker: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SqlUnitOfWork(worker, None) as uow:
        for number in range(40):
            uow.record(event(number=number, note="x" * (900 if number in {0, 9, 10, 11, 39} else 9)))
        uow.commit()
    monkeypatch.setattr(stored, "_LARGE", 600)
    for page, chunk in itertools.product((1, 7, 10, 40, 41), (1, 3, 50)):
        monkeypatch.setattr(stored, "_PAGE", page)
        monkeypatch.setattr(stored, "_CHUNK", chunk)
        with SqlUnitOfWork(worker, None) as uow:
            assert list(uow.ledger.entries()) == uow.ledger.tail(40)
            assert [entry.seq for entry in uow.ledger.entries(after=38)] == [39, 40]


def test_entries_are_read_in_chunks_while_the_server_reads_on(worker: Engine) -> None:
    write(worker, transactions=1, each=2 * stored._CHUNK)
    with SqlUnitOfWork(worker, None) as uow:
        entries = iter(uow.ledger.entries())
        assert next(entries).seq == 1
        driver = uow._session.connection().connection.driver_connection
        assert driver is not None
        assert driver.info.transaction_status is TransactionStatus.ACTIVE
        assert len(list(entries)) == 2 * stored._CHUNK - 1


def test_entry_is_appended_without_reading_the_others(
    worker: Engine, control_database: ControlDatabase
) -> None:
    write(worker, transactions=1, each=3_000)
    with psycopg.connect(control_database.superuser_url, autocommit=True) as owner:
        owner.execute("analyze ledger")
    kept = "select seq_tup_read from pg_stat_xact_user_tables where relname = 'ledger'"
    with psycopg.connect(control_database.worker_url) as session:
        for number in range(10):  # after five calls a session keeps one plan for all
            session.execute(stored._APPEND, [stored._parts(event(number=number))])
            read = session.execute(kept).fetchall()
            session.commit()
            assert read == [(0,)], number
