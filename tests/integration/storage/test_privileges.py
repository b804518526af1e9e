"""Acts that the roles of the running processes cannot do, tried as those roles."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Engine

from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase, ControlTemplate, PostgresServer, control_database_on
from tests.integration.storage.facts import event

ROLES = ("dbaccess_bot", "dbaccess_worker")
TABLES = (
    "requests",
    "reviews",
    "voided_reviews",
    "break_glass_reviews",
    "grants",
    "extensions",
    "announcements",
    "ledger",
)


def url(database: ControlDatabase, role: str) -> str:
    return database.bot_url if role == "dbaccess_bot" else database.worker_url


@pytest.fixture(scope="module")
def control_database(
    control_postgres: PostgresServer, control_template: ControlTemplate
) -> Iterator[ControlDatabase]:
    """One database for all of these: nothing that is refused changes it."""
    with control_database_on(control_postgres, control_template) as database:
        yield database


@pytest.fixture(params=ROLES)
def connection(
    request: pytest.FixtureRequest, control_database: ControlDatabase, worker: Engine
) -> Iterator[psycopg.Connection]:
    """One of the two roles, and an entry in the ledger."""
    with SqlUnitOfWork(worker, None) as uow:
        uow.record(event())
        uow.commit()
    with psycopg.connect(url(control_database, request.param), autocommit=True) as opened:
        yield opened


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger set body = 'x'",
        "update ledger set kind = 'grant.ended' where false",
        "delete from ledger",
        "delete from ledger where false",
        "truncate ledger",
        "alter table ledger disable trigger all",
        "alter table ledger disable trigger append_only",
        "alter table ledger add column more text",
        "drop table ledger",
        "drop trigger guard on ledger",
        "create or replace function guard_ledger() returns trigger language plpgsql as ''",
        "create rule skip as on insert to ledger do instead nothing",
        "set session_replication_role = replica",
    ],
)
def test_ledger_cannot_be_changed_by_who_runs(connection: psycopg.Connection, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "set role dbaccess_owner",
        "set session authorization dbaccess_owner",
        "grant dbaccess_owner to current_user",
        "grant dbaccess_owner to {other}",
        "set role {other}",
        "grant {other} to current_user",
        "alter role dbaccess_owner password 'mine'",
        "alter role {other} password 'mine'",
        "alter role current_user createrole",
        "alter role current_user superuser",
        "create role another login",
        "alter table grants owner to current_user",
        "reassign owned by dbaccess_owner to current_user",
        "create table mine (a int)",
        "create schema mine",
        "create temporary table ledger (seq bigint, hash bytea)",
        "create function mine() returns int language sql return 1",
        "update grant_transitions set writer = 'both'",
        "update request_transitions set writer = 'both'",
        "update break_glass_review_transitions set writer = 'bot'",
        "update ledger_kinds set writer = 'both'",
        "insert into grant_transitions values ('ended', 'grant.activated', 'active', 'both')",
    ],
)
def test_bot_and_worker_cannot_become_the_owner_or_each_other(
    connection: psycopg.Connection, statement: str
) -> None:
    me = connection.info.user
    other = next(role for role in ROLES if role != me)
    with pytest.raises((errors.InsufficientPrivilege, errors.InvalidGrantOperation)):
        connection.execute(statement.format(other=other))


@pytest.mark.parametrize("table", TABLES)
def test_nothing_that_was_decided_is_ever_deleted(connection: psycopg.Connection, table: str) -> None:
    for statement in (f"delete from {table}", f"truncate {table} cascade"):
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(statement)


@pytest.mark.parametrize("table", TABLES)
def test_not_even_a_superuser_deletes_without_switching_a_guard_off(
    control_database: ControlDatabase, table: str
) -> None:
    with psycopg.connect(control_database.superuser_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        for statement in (f"delete from {table}", f"truncate {table} cascade"):
            with pytest.raises(errors.InsufficientPrivilege, match=f"on {table} is refused|is refused"):
                admin.execute(statement)


def test_roles_are_no_superusers_and_have_no_members(control_database: ControlDatabase) -> None:
    with psycopg.connect(control_database.superuser_url) as admin:
        found = admin.execute(
            """select rolname, rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls,
                      (select count(*) from pg_auth_members m where m.member = r.oid)
                 from pg_roles r where rolname = any(%s) order by 1""",
            [list(ROLES)],
        ).fetchall()
    assert found == [("dbaccess_bot", False, 0), ("dbaccess_worker", False, 0)]


def test_another_login_of_the_server_cannot_even_connect(control_database: ControlDatabase) -> None:
    with psycopg.connect(control_database.superuser_url, autocommit=True) as admin:
        admin.execute("drop role if exists passer_by")
        admin.execute("create role passer_by login password 'x'")
        try:
            stranger = control_database.bot_url.split("@")[1]
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(f"postgresql://passer_by:x@{stranger}")
        finally:
            admin.execute("drop role passer_by")


MEANT = [
    "dbaccess_auditor insert ledger",
    "dbaccess_bot delete drafts",
    "dbaccess_bot insert credential_views",
    "dbaccess_bot insert ledger",
    "dbaccess_bot insert message_streams",
    "dbaccess_bot insert reviews",
    "dbaccess_bot insert voided_reviews",
    "dbaccess_worker delete activity_canaries",
    "dbaccess_worker delete activity_statements",
    "dbaccess_worker delete changed_names",
    "dbaccess_worker delete clock_skews",
    "dbaccess_worker delete counted_entries",
    "dbaccess_worker delete directory_members",
    "dbaccess_worker delete directory_people",
    "dbaccess_worker delete directory_reads",
    "dbaccess_worker delete directory_sources",
    "dbaccess_worker delete drafts",
    "dbaccess_worker delete grant_progress",
    "dbaccess_worker delete homes",
    "dbaccess_worker delete intake",
    "dbaccess_worker delete notices",
    "dbaccess_worker delete outbox",
    "dbaccess_worker delete policy_in_force",
    "dbaccess_worker delete refused_attempts",
    "dbaccess_worker delete report_orders",
    "dbaccess_worker delete standing_readings",
    "dbaccess_worker delete standing_roles",
    "dbaccess_worker delete told_groups",
    "dbaccess_worker insert access_review_items",
    "dbaccess_worker insert access_reviews",
    "dbaccess_worker insert activity_canaries",
    "dbaccess_worker insert activity_coverage",
    "dbaccess_worker insert activity_gaps",
    "dbaccess_worker insert activity_positions",
    "dbaccess_worker insert activity_sightings",
    "dbaccess_worker insert activity_statements",
    "dbaccess_worker insert activity_summaries",
    "dbaccess_worker insert announcements",
    "dbaccess_worker insert changed_names",
    "dbaccess_worker insert clock_skews",
    "dbaccess_worker insert directory_members",
    "dbaccess_worker insert directory_people",
    "dbaccess_worker insert directory_reads",
    "dbaccess_worker insert directory_sources",
    "dbaccess_worker insert extensions",
    "dbaccess_worker insert ledger",
    "dbaccess_worker insert ledger_checkpoints",
    "dbaccess_worker insert ledger_witnesses",
    "dbaccess_worker insert message_streams",
    "dbaccess_worker insert observations",
    "dbaccess_worker insert reached_tables",
    "dbaccess_worker insert standing_readings",
    "dbaccess_worker insert standing_roles",
    "dbaccess_worker insert team",
    "dbaccess_worker insert told_groups",
    "dbaccess_worker insert voided_reviews",
    "dbaccess_worker update activity_canaries",
    "dbaccess_worker update activity_coverage",
    "dbaccess_worker update activity_gaps",
    "dbaccess_worker update activity_positions",
    "dbaccess_worker update activity_sightings",
    "dbaccess_worker update activity_summaries",
    "dbaccess_worker update directory_members",
    "dbaccess_worker update directory_people",
    "dbaccess_worker update directory_reads",
    "dbaccess_worker update directory_sources",
    "dbaccess_worker update observations",
    "dbaccess_worker update standing_roles",
]
"""Every right of the roles beyond SELECT, by role."""


def test_every_right_of_the_two_roles_is_one_that_was_meant(control_database: ControlDatabase) -> None:
    """A new right fails here until it is explained."""
    with psycopg.connect(control_database.superuser_url) as admin:
        found = admin.execute(
            """select a.grantee::regrole::text || ' ' || lower(a.privilege_type) || ' ' || c.relname
                 from pg_class c, aclexplode(c.relacl) a
                where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'S', 'v')
                  and a.grantee <> 'dbaccess_owner'::regrole and a.privilege_type <> 'SELECT'
                order by 1"""
        ).fetchall()
    assert [row[0] for row in found] == MEANT


@pytest.mark.parametrize(
    "statement",
    [
        "insert into directory_members values ('S0DBA', 'UMAYA')",
        "update directory_people set is_deactivated = false",
        "delete from directory_sources",
        "update directory_reads set read_at = now()",
        "update reviews set verdict = 'approved'",
        "update requests set terms = '{}'",
        "update requests set fingerprint = 'x'",
        "update grants set receipt = '{}'",
        "update grants set recipe = '{}'",
        "update grants set expires_at = now() + interval '1 year'",
        "update grants set activated_at = now()",
        "update grants set reach_id = null, begun_at = null",
        "insert into reaches (digest, tables, unrecorded) values (repeat('a', 64), 0, 0)",
        "update grants set lease_until = now() + interval '1 year'",
        "update messages set posted_ts = '1'",
        "update credential_views set state = 'shown'",
        "delete from intake",
        "insert into intake (key, taken_at) values ('a', 'infinity')",
        "select body from ledger",
        "insert into activity_coverage (grant_id, level, why, mode) values (1001, 'none', '', 'full')",
        "update activity_canaries set level = 'full'",
        "delete from activity_statements",
        "select target from report_orders",
        "update report_orders set state = 'sent'",
        "insert into report_orders (slack_id, form, state) values ('U0', 'html', 'sent')",
        "insert into team values (1, 'T0OTHER', 'https://other.example', now())",
    ],
)
def test_bot_cannot_write_what_is_the_workers(control_database: ControlDatabase, statement: str) -> None:
    with psycopg.connect(control_database.bot_url) as bot, pytest.raises(errors.InsufficientPrivilege):
        bot.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "insert into intake (key) values ('a')",
        "insert into requests (terms) values ('{}')",
        "insert into reviews (verdict) values ('approved')",
        "insert into grants (state) values ('provisioning')",
        "insert into credential_views (state) values ('requested')",
        "update reviews set verdict = 'approved'",
        "update requests set terms = '{}'",
        "select fields from drafts",
        "insert into report_orders (slack_id, form) values ('U0', 'html')",
        "update report_orders set slack_id = 'U0'",
        "update activity_statements set grant_id = 1001",
        "update activity_statements set text = 'select 1', at = now()",
    ],
)
def test_worker_cannot_write_what_people_said(control_database: ControlDatabase, statement: str) -> None:
    with psycopg.connect(control_database.worker_url) as worker, pytest.raises(errors.InsufficientPrivilege):
        worker.execute(statement)
