"""An auditor's role reads what an audit needs, and records its looks alone: tried on every table."""

import secrets
import threading
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy.exc import ProgrammingError

from dbaccess.domain.errors import TooMany
from dbaccess.domain.events import AUDITOR_MAY_RECORD, Event, EventKind
from dbaccess.domain.ledger import faults
from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from sandbox.waiting import wait_for
from tests.databases import ControlDatabase, ControlTemplate, PostgresServer, control_database_on
from tests.entering_connection import record

READ = {
    "access_review_items",
    "access_reviews",
    "activity_canaries",
    "activity_coverage",
    "activity_gaps",
    "activity_sightings",
    "activity_statements",
    "activity_summaries",
    "alembic_version",
    "announcements",
    "break_glass_review_transitions",
    "break_glass_reviews",
    "directory_members",
    "directory_people",
    "directory_sources",
    "extensions",
    "grant_transitions",
    "grants",
    "ledger",
    "ledger_checkpoints",
    "ledger_kinds",
    "ledger_witnesses",
    "lockdowns",
    "reached_tables",
    "reaches",
    "request_transitions",
    "requests",
    "reviews",
    "standing_readings",
    "standing_roles",
    "voided_reviews",
}
WRITES = (
    "insert into {table} default values",
    "delete from {table}",
    "truncate {table} cascade",
    "lock table {table} in exclusive mode",
    "alter table {table} disable trigger all",
    "create trigger mine before insert on {table} for each row execute function tsvector_update_trigger()",
)


@pytest.fixture(scope="module")
def control_database(
    control_postgres: PostgresServer, control_template: ControlTemplate
) -> Iterator[ControlDatabase]:
    """One database for all of these: nothing that is refused changes it."""
    with control_database_on(control_postgres, control_template) as database:
        yield database


@pytest.fixture
def auditor(control_database: ControlDatabase) -> Iterator[psycopg.Connection]:
    with psycopg.connect(control_database.auditor_url, autocommit=True) as connection:
        yield connection


def relations(auditor: psycopg.Connection, kinds: str) -> list[str]:
    found = auditor.execute(
        """select relname from pg_class where relnamespace = 'public'::regnamespace
              and position(relkind::text in %s) > 0 order by 1""",
        [kinds],
    ).fetchall()
    return [name for (name,) in found]


def test_no_table_can_be_written_locked_or_changed(auditor: psycopg.Connection) -> None:
    tables = relations(auditor, "rpvm")
    assert len(tables) > 20
    for table in tables:
        for statement in WRITES:
            # A LOCK needs a transaction. The ledger takes their looks, and so no row without a value.
            refusals = (errors.InsufficientPrivilege, *[errors.NotNullViolation][: table == "ledger"])
            with pytest.raises(refusals), auditor.transaction():
                auditor.execute(sql.SQL(statement).format(table=sql.Identifier(table)))
        columns = auditor.execute(
            """select attname from pg_attribute
                where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''""",
            [table],
        ).fetchall()
        for (column,) in columns:
            update = sql.SQL("update {} set {} = default").format(
                sql.Identifier(table), sql.Identifier(column)
            )
            with pytest.raises((errors.InsufficientPrivilege, errors.GeneratedAlways)):
                auditor.execute(update)


def test_no_sequence_can_be_moved_and_no_function_of_ours_called(auditor: psycopg.Connection) -> None:
    for sequence in relations(auditor, "S"):
        with pytest.raises(errors.InsufficientPrivilege):
            auditor.execute("select nextval(%s)", [sequence])
    callable_ = auditor.execute(
        """select proname from pg_proc where pronamespace = 'public'::regnamespace
              and has_function_privilege(oid, 'execute')"""
    ).fetchall()
    # They write the entry of the auditor's own look, and guard it.
    expected = ["append_entries", "dbaccess_writer", "guard_body", "is_plain_object", "moment_of"]
    assert sorted(name for (name,) in callable_) == expected


def test_only_what_an_audit_needs_can_be_read(auditor: psycopg.Connection) -> None:
    read = set()
    for table in relations(auditor, "rpvm"):
        try:
            auditor.execute(sql.SQL("select * from {} limit 0").format(sql.Identifier(table)))
        except errors.InsufficientPrivilege:
            continue
        read.add(table)
    assert read == READ
    columns = auditor.execute(
        """select c.relname || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = 'public'::regnamespace and c.relname <> all(%s) and a.attnum > 0
              and has_column_privilege(c.oid, a.attnum, 'select') order by 1""",
        [sorted(READ)],
    ).fetchall()
    assert [name for (name,) in columns] == [
        "activity_positions.caught_up_at",
        "activity_positions.cluster",
        "directory_reads.read_at",
        "policy_in_force.hash",
        "policy_in_force.host",
        "policy_in_force.process",
        "policy_in_force.seen_at",
    ]


def test_ledger_takes_the_looks_of_an_auditor_and_no_other_word(control_database: ControlDatabase) -> None:
    engine = build_engine(control_database.auditor_url, pool_size=1, application_name="test-auditor")
    look = Event(kind=EventKind.ACTIVITY_VIEWED, actor="cli:ruth@desk", data={"statements": 1})
    refused = [replace(look, actor=name) for name in ("maya", "system", "worker", "bot@host", "worker@host")]
    made = replace(look, kind=EventKind.REPORT_MADE)
    refused += [replace(look, kind=kind) for kind in EventKind if kind not in AUDITOR_MAY_RECORD]
    for event in refused:
        with SqlUnitOfWork(engine, None) as uow:
            uow.record(event)
            with pytest.raises(ProgrammingError, match=r"to record|is no actor of an auditor"):
                uow.commit()
    with SqlUnitOfWork(engine, None) as uow:
        uow.record(look)
        uow.record(made)
        uow.commit()
    with SqlUnitOfWork(engine, None) as uow:
        entries = list(uow.ledger.entries())
        assert list(faults(entries)) == []
    assert [entry.fields["kind"] for entry in entries] == ["activity.viewed", "report.made"]
    assert {entry.fields["actor"] for entry in entries} == {"cli:ruth@desk"}
    engine.dispose()


def test_looks_and_reports_of_an_hour_are_limited_for_a_login_and_for_all(
    control_database: ControlDatabase,
) -> None:
    """The refusal says when the next one is taken; what the login did before that hour does not count."""
    engine = build_engine(control_database.auditor_url, pool_size=1, application_name="test-auditor")
    past, others, own = (
        ("-1 hour", "dbaccess_auditor"),
        ("0 hours", "another"),
        ("0 hours", "dbaccess_auditor"),
    )
    cases = [
        (kind, [(*past, each), (*others, in_all - 1 - each // 2), (*own, each // 2)], [(*own, each)])
        for kind, each, in_all in (("activity.viewed", 2000, 5000), ("report.made", 100, 300))
    ]
    with psycopg.connect(control_database.superuser_url, autocommit=True) as owner:
        for kind, before, too_many in cases:

            def record(counts: list[tuple[str, str, int]], kind: str = kind) -> None:
                owner.execute("truncate counted_entries")
                for when, who, entries in counts:
                    owner.execute(
                        """insert into counted_entries
                           values (date_trunc('hour', now(), 'UTC') + %s::interval, %s, 'auditor', %s, %s)""",
                        [when, kind, who, entries],
                    )
                with SqlUnitOfWork(engine, None) as uow:
                    uow.record(Event(kind=EventKind(kind), actor="cli:ruth@desk"))
                    uow.commit()

            record(before)  # the last one that is taken of all logins
            for counts in (too_many, [*before[:1], (*others, before[1][2] + 1), *before[2:]]):
                with pytest.raises(TooMany, match="after the next full hour"):
                    record(counts)
        owner.execute("truncate counted_entries")
    engine.dispose()


def test_login_that_becomes_the_auditor_by_set_role_is_limited_too(control_database: ControlDatabase) -> None:
    ruth = f"ruth_{secrets.token_hex(4)}"
    with psycopg.connect(control_database.superuser_url, autocommit=True) as owner:
        owner.execute(f"create role {ruth} noinherit in role dbaccess_auditor".encode())
        try:
            owner.execute(
                """insert into counted_entries
                   select date_trunc('hour', now() + n, 'UTC'), 'report.made', 'auditor', %s, 100
                     from (values (interval '0'), (interval '1 hour')) hours (n)""",
                [ruth],
            )
            owner.execute(f"set session authorization {ruth}; set role dbaccess_auditor".encode())
            with pytest.raises(errors.CheckViolation, match="takes no more"), owner.transaction():
                record(owner, Event(kind=EventKind.REPORT_MADE, actor="cli:ruth@desk"))
        finally:
            owner.execute("reset role; reset session authorization; truncate counted_entries")
            owner.execute(f"drop role {ruth}".encode())


@pytest.mark.parametrize(
    "statement",
    [
        "set role dbaccess_worker",
        "set role dbaccess_owner",
        "grant dbaccess_worker to current_user",
        "alter role current_user connection limit -1",
        "alter role current_user createrole",
        "create role another login",
        "create table mine (a int)",
        "create schema mine",
        "create temporary table ledger (seq bigint)",
        "create function mine() returns int language sql return 1",
        "set session_replication_role = replica",
        "copy ledger to '/tmp/ledger'",
        "select pg_read_file('postgresql.conf')",
    ],
)
def test_auditor_becomes_no_one_else_and_makes_nothing(auditor: psycopg.Connection, statement: str) -> None:
    with pytest.raises((errors.InsufficientPrivilege, errors.InvalidGrantOperation)):
        auditor.execute(statement)


def test_lock_that_an_auditor_takes_keeps_no_end_waiting(
    auditor: psycopg.Connection, control_database: ControlDatabase
) -> None:
    """Any login may take an advisory lock, that of the ledger too."""
    auditor.execute("select pg_advisory_lock(4711)")
    with (
        psycopg.connect(control_database.worker_url, autocommit=True) as worker,
        psycopg.connect(control_database.worker_url, autocommit=True) as other,
    ):
        waits = threading.Thread(target=worker.execute, args=["select pg_advisory_lock(4711)"])
        waits.start()
        wait_for(lambda: other.execute("select end_blockers()").fetchone() == (1,))
        waits.join()
    with pytest.raises(psycopg.OperationalError):
        auditor.execute("select 1")


def test_auditors_take_few_connections(auditor: psycopg.Connection) -> None:
    limit = auditor.execute("select rolconnlimit from pg_roles where rolname = current_user").fetchone()
    assert limit == (5,)
