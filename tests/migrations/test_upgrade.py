"""A database of each released version becomes one of this version, with its data, and work goes on in it."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import Engine

from dbaccess.domain.events import EventKind
from dbaccess.domain.grant import EndCause, Grant, GrantState
from dbaccess.domain.ledger import faults
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.receipt import Receipt
from dbaccess.storage.migrate import migrate
from dbaccess.storage.schema_check import Facts, fingerprint, read_facts, read_record, written
from dbaccess.storage.sqlalchemy_engine import build_engine
from tests.databases import ControlDatabase
from tests.entering_connection import EnteringUnitOfWork
from tests.integration.storage.facts import active, now, terms
from tests.migrations import later
from tests.migrations.conftest import Restore
from tests.migrations.release import DUMPS
from tests.migrations.representative import STATES

RELEASED = sorted(path.stem for path in DUMPS.glob("*.sql"))
ENDS = {
    GrantState.PROVISIONING: (EventKind.GRANT_ABANDONED, EndCause.ABANDONED),
    GrantState.ACTIVE: (EventKind.GRANT_EXPIRED, EndCause.EXPIRED),
}


@pytest.mark.parametrize("revision", RELEASED)
def test_dump_has_rows_in_every_table_and_every_state(restore: Restore, revision: str) -> None:
    with restore(revision) as database, psycopg.connect(database.superuser_url) as connection:
        tables = connection.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
        ).fetchall()
        for (table,) in tables:
            assert connection.execute(
                sql.SQL("select from {} limit 1").format(sql.Identifier(table))
            ).rowcount, table
        for (table, column), states in STATES.items():
            query = sql.SQL("select distinct {} from {}").format(
                sql.Identifier(column), sql.Identifier(table)
            )
            assert {state for (state,) in connection.execute(query)} == states, table


@pytest.mark.parametrize("revision", RELEASED)
def test_upgraded_database_has_the_schema_of_a_fresh_one(restore: Restore, revision: str) -> None:
    with restore(revision) as database:
        migrate(database.owner_url)
        assert fingerprint(facts_of(database)) == fingerprint(read_record())


@pytest.mark.parametrize("revision", RELEASED)
def test_work_goes_on_in_an_upgraded_database(restore: Restore, revision: str) -> None:
    with restore(revision) as database:
        migrate(database.owner_url)
        check_work(database)


def test_later_revision_changes_data_and_guards(
    restore: Restore, control_database: ControlDatabase, tmp_path: Path
) -> None:
    """The tests above work on a migration that does something."""
    migrations = later.with_later_revision(tmp_path)
    migrate(control_database.owner_url, migrations=migrations)
    fresh = facts_of(control_database)
    assert fresh != read_record()
    with restore(RELEASED[-1]) as database:
        migrations.schema.write_text(written(fresh), encoding="utf-8")
        said = migrate(database.owner_url, migrations=migrations)
        assert said[0] == f"Schema: {RELEASED[-1]} to {later.REVISION}."
        assert not [line for line in said if line.startswith("Left as it is")]
        assert facts_of(database) == fresh
        with psycopg.connect(database.bot_url) as bot:
            assert bot.execute("select distinct priority from grants").fetchall() == [(3,)]
            assert bot.execute("select distinct note from reviews").fetchall() == [(later.NOTE,)]
            with pytest.raises(errors.RaiseException, match="no new draft"):
                bot.execute("insert into drafts (slack_id, fields) values ('U1', '{}')")
        check_work(database)


def facts_of(database: ControlDatabase) -> Facts:
    with psycopg.connect(database.bot_url) as connection:
        return read_facts(connection)


def check_work(database: ControlDatabase) -> None:
    """The ledger is whole, every open grant ends, and a new one begins."""
    bot = build_engine(database.bot_url, pool_size=2, application_name="test-bot")
    worker = build_engine(database.worker_url, pool_size=2, application_name="test-worker")
    try:
        with EnteringUnitOfWork(worker, None) as uow:
            found = uow.grants.open()
        for grant in found:
            end(worker, grant)
        active(bot, worker, expires_at=now() + timedelta(hours=1), asked=terms("newcomer"))
        with EnteringUnitOfWork(worker, None) as uow:
            assert [grant.holder for grant in uow.grants.open()] == ["newcomer"]
            assert list(faults(uow.ledger.entries())) == []
    finally:
        bot.dispose()
        worker.dispose()


def end(worker: Engine, grant: Grant) -> None:
    """Take each step of an end in a transaction of its own, as a worker does."""
    if grant.state in ENDS:
        event, cause = ENDS[grant.state]
        grant = advance(grant, event, revoking_at=now(), end_cause=cause, ended_by="system")
        save(worker, grant)
    seen = Receipt(seen_at=now(), roles=(), login_removed=True, sessions=())
    receipt = seen if grant.recipe else None
    save(worker, advance(grant, EventKind.GRANT_ENDED, ended_at=now(), receipt=receipt, next_attempt_at=None))


def save(worker: Engine, grant: Grant) -> None:
    with EnteringUnitOfWork(worker, None) as uow:
        uow.grants.save(grant)
        uow.commit()
