"""The database takes a checkpoint from a worker alone, for an entry that is there, and never changes one."""

import psycopg
import pytest
from psycopg import errors

from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.integration.storage.facts import event

INSERT = """insert into ledger_checkpoints (seq, head, at, installation, key_id, signature)
            select %(seq)s, coalesce(%(head)s, (select hash from ledger where seq = %(seq)s)),
                   now() + %(later)s::interval, 'acme', %(key_id)s, decode(repeat('ab', 64), 'hex')"""


@pytest.fixture
def url(control_database: ControlDatabase) -> str:
    engine = build_engine(control_database.worker_url, pool_size=1, application_name="test-worker")
    with SqlUnitOfWork(engine, None) as uow:
        for _ in range(5):
            uow.record(event())
        uow.commit()
    engine.dispose()
    return control_database.worker_url


def values(**changed: object) -> dict[str, object]:
    return {"seq": 3, "head": None, "later": "0 s", "key_id": "0123456789abcdef"} | changed


def test_checkpoint_is_refused_unless_it_is_of_an_entry_later_and_dated_now(
    url: str, control_database: ControlDatabase
) -> None:
    with psycopg.connect(url, autocommit=True) as worker:
        worker.execute(INSERT, values())
        cases: list[tuple[dict[str, object], type[psycopg.Error], str]] = [
            (values(seq=9, head=bytes(32)), errors.CheckViolation, "ledger_checkpoints_are_on_the_chain"),
            (values(seq=4, head=bytes(32)), errors.CheckViolation, "ledger_checkpoints_are_on_the_chain"),
            (values(seq=2), errors.CheckViolation, "ledger_checkpoints_rise"),
            (values(), errors.UniqueViolation, "ledger_checkpoints_pk"),
            (values(seq=4, later="-1 h"), errors.CheckViolation, "ledger_checkpoints_dated_now"),
            (values(seq=4, later="1 h"), errors.CheckViolation, "ledger_checkpoints_dated_now"),
            (values(seq=4, key_id="key"), errors.CheckViolation, "ledger_checkpoints_are_whole"),
        ]
        for given, kind, constraint in cases:
            with pytest.raises(kind) as refused:
                worker.execute(INSERT, given)
            assert refused.value.diag.constraint_name == constraint
        for change in ("update ledger_checkpoints set seq = 5", "delete from ledger_checkpoints"):
            with pytest.raises(errors.InsufficientPrivilege):
                worker.execute(change)
    with psycopg.connect(control_database.superuser_url, autocommit=True) as superuser:
        for change in (
            "update ledger_checkpoints set seq = 5",
            "delete from ledger_checkpoints",
            "truncate ledger_checkpoints",
        ):
            with pytest.raises(errors.InsufficientPrivilege) as refused:
                superuser.execute(change)
            assert refused.value.diag.constraint_name == "append_only"


def test_bot_neither_makes_nor_reads_checkpoints(url: str, control_database: ControlDatabase) -> None:
    del url
    with psycopg.connect(control_database.bot_url, autocommit=True) as bot:
        for statement in (
            "insert into ledger_checkpoints (seq) values (1)",
            "select seq from ledger_checkpoints",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                bot.execute(statement)
    with psycopg.connect(control_database.auditor_url, autocommit=True) as auditor:
        assert auditor.execute("select count(*) from ledger_checkpoints").fetchone() == (0,)
