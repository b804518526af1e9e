"""The control database is what the models and the domain say, and migrating again changes nothing."""

import re
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import create_engine, make_url

from dbaccess.domain.break_glass import Place
from dbaccess.domain.break_glass_review import BreakGlassReviewState
from dbaccess.domain.credential_view import CredentialState
from dbaccess.domain.events import BOT_MAY_RECORD, EventKind
from dbaccess.domain.grant import EndCause, GrantState
from dbaccess.domain.lifecycle import (
    BOTH,
    BREAK_GLASS_REVIEW_TRANSITIONS,
    GRANT_TRANSITIONS,
    REQUEST_TRANSITIONS,
    WORKER,
)
from dbaccess.domain.message import OF_BOT, MessageKind
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.request import RequestState, Verdict
from dbaccess.ports import Job
from dbaccess.storage import migrate as migrating
from dbaccess.storage.migrate import migrate
from dbaccess.storage.migrations import MigrationFailed
from dbaccess.storage.models.base import Base
from dbaccess.storage.upgrade import head_revision
from dbaccess.storage.url import driver_url
from tests.databases import ControlDatabase, PostgresServer, drop_database

pytestmark = pytest.mark.usefixtures("control_template")


@contextmanager
def fresh_database(server: PostgresServer, owner: str = "dbaccess_fresh") -> Iterator[str]:
    """An empty database with an owner of its own."""
    name, password = f"dbaccess_fresh_{secrets.token_hex(4)}", secrets.token_urlsafe(9)
    makes_roles = "createrole" if owner == "dbaccess_fresh" else "nocreaterole"
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute(
            sql.SQL("create role {} login {} password {}").format(
                sql.Identifier(owner), sql.SQL(makes_roles), sql.Literal(password)
            )
        )
        admin.execute(
            sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(owner))
        )
        if owner == "dbaccess_fresh":
            admin.execute(
                "grant dbaccess_bot, dbaccess_worker, dbaccess_auditor to dbaccess_fresh with admin option"
            )
    try:
        yield server.url(owner, password, name)
    finally:
        drop_database(server, name)
        with psycopg.connect(server.url(), autocommit=True) as admin:
            admin.execute(sql.SQL("drop role {}").format(sql.Identifier(owner)))


@contextmanager
def control_passwords_kept(server: PostgresServer) -> Iterator[None]:
    """The other tests of this server know the bot by its password."""
    before = superuser_value(server, "select rolpassword from pg_authid where rolname = 'dbaccess_bot'")
    try:
        yield
    finally:
        with psycopg.connect(server.url(), autocommit=True) as admin:
            admin.execute(sql.SQL("alter role dbaccess_bot password {}").format(sql.Literal(before)))


def superuser_value(server: PostgresServer, query: str) -> object:
    with psycopg.connect(server.url()) as admin:
        row = admin.execute(sql.SQL(query)).fetchone()
    return row[0] if row else None


def revision(url: str) -> str:
    with psycopg.connect(url) as connection:
        (found,) = connection.execute("select version_num from alembic_version").fetchone() or ("",)
    return str(found)


def test_migrated_database_equals_the_models(control_database: ControlDatabase) -> None:
    engine = create_engine(driver_url(control_database.owner_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_migrating_again_does_nothing(control_database: ControlDatabase) -> None:
    assert revision(control_database.worker_url) == head_revision()
    assert f"Schema: {head_revision()}, no new revision." in migrate(control_database.owner_url)


def test_two_migrations_at_once_run_one_after_the_other(control_postgres: PostgresServer) -> None:
    with fresh_database(control_postgres) as owner_url:
        with ThreadPoolExecutor(4) as pool:
            said = [line for lines in pool.map(migrate, [owner_url] * 4) for line in lines]
        assert revision(owner_url) == head_revision()
    assert said.count(f"Schema: empty to {head_revision()}.") == 1
    assert said.count(f"Schema: {head_revision()}, no new revision.") == 3


def test_session_with_the_lock_of_a_migration_is_named(
    control_postgres: PostgresServer, control_database: ControlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any login can take it, and keep every migration waiting."""
    monkeypatch.setattr(migrating, "_ONE_BY_ONE", "50ms")
    lock = f"select pg_advisory_lock({migrating._LOCK})".encode()
    with (
        psycopg.connect(control_postgres.url()) as elsewhere,
        psycopg.connect(control_database.bot_url, application_name="no migration") as held,
    ):
        elsewhere.execute(lock)
        migrate(control_database.owner_url)
        held.execute(lock)
        with pytest.raises(MigrationFailed) as failed:
            migrate(control_database.owner_url)
        pid = held.info.backend_pid
    assert f"Session {pid} of dbaccess_bot (no migration) has the lock" in str(failed.value)
    assert f"select pg_terminate_backend({pid})" in str(failed.value)


def test_database_of_a_checkout_before_the_first_revision_was_frozen_is_refused(
    control_database: ControlDatabase,
) -> None:
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("drop table break_glass_reviews cascade")
        admin.execute("update alembic_version set version_num = '0001'")
        admin.execute("drop trigger guard on reviews")
    with pytest.raises(MigrationFailed, match=r"from before 2026-11-30 made it.*new control database"):
        migrate(control_database.owner_url)
    with psycopg.connect(control_database.superuser_url) as admin:
        assert not admin.execute(
            "select from pg_trigger where tgrelid = 'reviews'::regclass and tgname = 'guard'"
        ).rowcount


def test_passwords_reach_the_server_as_verifiers_only(control_postgres: PostgresServer) -> None:
    password = SecretStr("correct horse % ' \\ battery")
    with fresh_database(control_postgres) as owner_url, control_passwords_kept(control_postgres):
        migrate(owner_url, bot_password=password)
        stored = superuser_value(
            control_postgres, "select rolpassword from pg_authid where rolname = 'dbaccess_bot'"
        )
        database = make_url(owner_url).database or ""
        bot_url = control_postgres.url("dbaccess_bot", password.get_secret_value(), database)
        assert revision(bot_url) == head_revision()
    rounds = superuser_value(control_postgres, "show scram_iterations")
    assert str(stored).startswith(f"SCRAM-SHA-256${rounds}:")


def test_rules_in_the_database_are_those_of_the_domain(control_database: ControlDatabase) -> None:
    with psycopg.connect(control_database.worker_url) as connection:
        requests = connection.execute("select from_state, event, to_state, writer from request_transitions")
        assert set(requests) == {(f, e, t, w) for (f, e), (t, w) in REQUEST_TRANSITIONS.items()}
        grants = connection.execute("select from_state, event, to_state, writer from grant_transitions")
        assert set(grants) == {(f, e, t, w) for (f, e), (t, w) in GRANT_TRANSITIONS.items()}
        reviews = connection.execute(
            "select from_state, event, to_state, writer from break_glass_review_transitions"
        )
        assert set(reviews) == {(*step, who) for step, who in BREAK_GLASS_REVIEW_TRANSITIONS.items()}
        kinds = connection.execute("select kind, writer from ledger_kinds")
        assert set(kinds) == {(k, BOTH if k in BOT_MAY_RECORD else WORKER) for k in EventKind}
        for table, names in (
            ("requests_known_state", RequestState),
            ("break_glass_reviews_known_state", BreakGlassReviewState),
            ("grants_known_state", GrantState),
            ("grants_known_cause", EndCause),
            ("reviews_known_verdict", Verdict),
            ("credential_views_known_state", CredentialState),
            ("outbox_known_job", Job),
            ("messages_known_kind", MessageKind),
            ("notices_known_kind", NoticeKind),
            ("announcements_known_place", Place),
        ):
            (check,) = connection.execute(
                "select pg_get_constraintdef(oid) from pg_constraint where conname = %s", [table]
            ).fetchone() or ("",)
            assert set(re.findall(r"'([\w.]+)'", check)) == {name.value for name in names}
        (guard,) = connection.execute(
            "select substring(prosrc from 'not in \\((.*?)\\)') from pg_proc where proname = 'guard_message'"
        ).fetchone() or ("",)
        assert set(re.findall(r"'([\w.]+)'", guard)) == {kind.value for kind in OF_BOT}


def test_missing_role_and_no_right_to_make_it_says_what_to_run(control_postgres: PostgresServer) -> None:
    with fresh_database(control_postgres, owner="dbaccess_plain") as owner_url:
        with psycopg.connect(control_postgres.url(), autocommit=True) as admin:
            admin.execute("alter role dbaccess_bot rename to dbaccess_bot_elsewhere")
        try:
            with pytest.raises(MigrationFailed, match="run: create role dbaccess_bot with login"):
                migrate(owner_url)
        finally:
            with psycopg.connect(control_postgres.url(), autocommit=True) as admin:
                admin.execute("alter role dbaccess_bot_elsewhere rename to dbaccess_bot")
