"""Defaults of the server, the database or the role change nothing for the programs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, text

from dbaccess.domain.ledger import faults
from dbaccess.storage.connecting import connect
from dbaccess.storage.examine import examine
from dbaccess.storage.leader import Leader
from dbaccess.storage.migrate import migrate
from dbaccess.storage.schema_check import differences, read_facts, read_record
from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.integration.storage.facts import active, event

HOSTILE = {
    "DateStyle": "SQL, DMY",
    "IntervalStyle": "iso_8601",
    "TimeZone": "America/St_Johns",
    "client_encoding": "sql_ascii",
    "search_path": "pg_temp, nowhere",
    "bytea_output": "escape",
    "extra_float_digits": "-15",
    "array_nulls": "off",
    "standard_conforming_strings": "off",
    "transform_null_equals": "on",
    "quote_all_identifiers": "on",
    "gin_fuzzy_search_limit": "1",
    "exit_on_error": "on",
    "local_preload_libraries": "not_there",
    "row_security": "off",
    "default_transaction_read_only": "on",
    "default_transaction_deferrable": "on",
    "default_transaction_isolation": "serializable",
    "synchronous_commit": "off",
    "statement_timeout": "1ms",
    "lock_timeout": "1ms",
    "idle_session_timeout": "100ms",
    "idle_in_transaction_session_timeout": "1ms",
    "transaction_timeout": "50ms",
    "role": "dbaccess_bot",
}
EXPIRES = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(params=["all", *HOSTILE])
def hostile(request: pytest.FixtureRequest, control_database: ControlDatabase) -> Iterator[ControlDatabase]:
    """The database has this default, or all of them."""
    chosen = HOSTILE if request.param == "all" else {request.param: HOSTILE[request.param]}
    with psycopg.connect(control_database.superuser_url, autocommit=True) as admin:
        for name, value in chosen.items():
            if name == "role":
                admin.execute("grant dbaccess_bot to dbaccess_worker with inherit false")
            admin.execute(
                sql.SQL("alter database {} set {} = {}").format(
                    sql.Identifier(control_database.name),
                    sql.Identifier(name),
                    sql.SQL(value) if name in {"DateStyle", "search_path"} else sql.Literal(value),
                )
            )
        yield control_database
        admin.execute("revoke dbaccess_bot from dbaccess_worker")


def test_written_row_reads_the_same(hostile: ControlDatabase) -> None:
    bot, worker = (
        build_engine(url, pool_size=2, application_name="test")
        for url in (hostile.bot_url, hostile.worker_url)
    )
    made = active(bot, worker, expires_at=EXPIRES)
    with SqlUnitOfWork(worker, None) as uow:
        uow.record(event(said="Zoë \\' \0"))
        uow.commit()
    with SqlUnitOfWork(worker, None) as uow:
        grant = uow.grants.get(made.id)
        assert (grant.expires_at, grant.duration) == (EXPIRES, timedelta(hours=2))
        entries = list(uow.ledger.entries())
        assert entries[-1].fields["data"] == {"said": "Zoë \\' \0"}
        assert list(faults(entries)) == []
    _dispose(bot, worker)


def test_every_program_gets_in(hostile: ControlDatabase) -> None:
    with Leader(hostile.worker_url) as leader:
        assert leader.wait(0.2) is False
    migrate(hostile.owner_url)
    with connect(hostile.owner_url, application_name="test") as owner:
        assert differences(read_facts(owner), read_record()) == []
        known = "select current_setting('gin_fuzzy_search_limit'), current_setting('exit_on_error')"
        assert owner.execute(known).fetchone() == ("0", "off")
    worker = build_engine(hostile.worker_url, pool_size=1, application_name="test")
    with worker.connect() as connection:
        connection.execute(text("select pg_sleep(0.15)"))
        assert connection.execute(text("select current_user")).scalar_one() == "dbaccess_worker"
    _dispose(worker)
    with connect(hostile.worker_url, application_name="test") as plain:
        assert plain.execute("select '{1,NULL}'::int[], null = null, 'Zoë'").fetchone() == (
            [1, None], None, "Zoë",
        )  # fmt: skip
    examine(hostile.worker_url)


def _dispose(*engines: Engine) -> None:
    for engine in engines:
        engine.dispose()
