"""`doctor` sees where the control database does not hold what is promised."""

import re
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql
from structlog.testing import capture_logs

from dbaccess.storage.connecting import connect
from dbaccess.storage.examine import examine
from dbaccess.storage.migrate import migrate
from dbaccess.storage.migrations import PACKAGED, MigrationFailed, Migrations
from dbaccess.storage.schema_check import differences, log_differences, read_facts, read_record
from dbaccess.storage.upgrade import head_revision
from tests.databases import ControlDatabase, PostgresServer
from tests.integration.storage.test_migrate import fresh_database


def wrong(url: str) -> list[str]:
    found = examine(url)
    assert all(finding.fix for finding in found if not finding.ok)
    return [finding.what for finding in found if not finding.ok]


def test_nothing_is_wrong_after_migrate(control_database: ControlDatabase) -> None:
    for url in (control_database.bot_url, control_database.worker_url, control_database.auditor_url):
        assert wrong(url) == []


BY_HAND = [
    ("grant update on ledger to dbaccess_worker", "right relation ledger to dbaccess_worker differs"),
    ("grant update (body) on ledger to dbaccess_bot", "right column ledger.body to dbaccess_bot is not"),
    ("grant select on grants to pg_monitor", "right relation grants to pg_monitor is not"),
    ("grant select (id) on grants to public", "right column grants.id to public is not"),
    (
        "grant insert on drafts to dbaccess_bot with grant option",
        "right relation drafts to dbaccess_bot differs",
    ),
    ("grant create on schema public to dbaccess_bot", "right schema public to dbaccess_bot differs"),
    ("grant temporary on database {database} to pg_monitor", "right database to pg_monitor is not"),
    (
        "grant execute on function is_now to public",
        "right function is_now(moment timestamp with time zone) to public",
    ),
    ("grant insert on grants to dbaccess_auditor", "right relation grants to dbaccess_auditor differs"),
    ("grant select on drafts to dbaccess_auditor", "right relation drafts to dbaccess_auditor is not"),
    (
        "grant select (tz) on directory_people to dbaccess_auditor",
        "right column directory_people.tz to dbaccess_auditor is not",
    ),
    ("revoke insert on reviews from dbaccess_bot", "right relation reviews to dbaccess_bot differs"),
    (
        "revoke execute on function end_blockers() from dbaccess_worker",
        "right function end_blockers() to dbaccess_worker",
    ),
    ("alter table ledger disable trigger append_only", "trigger ledger.append_only differs"),
    ("alter table grants enable trigger guard", "trigger grants.guard differs"),
    ("drop trigger guard on reviews", "trigger reviews.guard is missing"),
    ("drop trigger recorded_change on grants", "trigger grants.recorded_change is missing"),
    (
        "create trigger more before insert on drafts for each row execute function guard_message()",
        "trigger drafts.more is not",
    ),
    (
        "alter function is_now(timestamptz) security definer",
        "function is_now(moment timestamp with time zone) differs",
    ),
    (
        "create or replace function refuse_change() returns trigger language plpgsql as 'begin end'",
        "function refuse_change() differs",
    ),
    ("create function more() returns int language sql return 1", "function more() is not"),
    ("alter table drafts enable row level security", "table drafts differs"),
    ("create policy more on drafts", "policy drafts.more is not"),
    ("create rule more as on delete to drafts do instead nothing", "rule drafts.more is not"),
    (
        "insert into grant_transitions values ('ended', 'grant.again', 'active', 'both')",
        "row grant_transitions (ended,grant.again,active,both) is not",
    ),
    (
        "delete from ledger_kinds where kind = 'grant.ended'",
        "row ledger_kinds (grant.ended,worker) is missing",
    ),
]
"""Changes that a migration undoes."""

DATA_DEFINITION = [
    ("alter table drafts add more int", "column drafts.more is not"),
    ("alter table drafts alter created_at drop default", "column drafts.created_at differs"),
    ("alter table drafts alter fields drop not null", "column drafts.fields differs"),
    ("alter table intake alter key type varchar(500)", "column intake.key differs"),
    ("alter table drafts drop constraint drafts_are_small", "constraint drafts.drafts_are_small is missing"),
    ("alter table drafts add constraint more check (id > 0) not valid", "constraint drafts.more is not"),
    ("drop index requests_one_pending", "index requests_one_pending is missing"),
    ("create index found on drafts (slack_id)", "index found is not"),
    ("create table more (id int)", "table more is not"),
    ("alter table told_groups set unlogged", "table told_groups differs"),
    ("create table child () inherits (notices)", "table child is not"),
    ("create view seen as select 1 as one", "view seen is not"),
    ("create type kind as enum ('a')", "type kind is not"),
    ("create sequence number", "sequence number is not"),
]
"""Changes that a migration leaves, and names."""


def as_superuser(database: ControlDatabase, statement: str) -> None:
    with psycopg.connect(database.superuser_url, autocommit=True) as admin:
        admin.execute(statement.format(database=sql.Identifier(database.name).as_string(admin)).encode())


def schema_differences(database: ControlDatabase) -> list[str]:
    with connect(database.bot_url, application_name="test") as connection:
        return [found.what for found in differences(read_facts(connection), read_record())]


def test_changes_by_hand_are_named_and_undone_by_migrate(control_database: ControlDatabase) -> None:
    for statement, _ in BY_HAND:
        as_superuser(control_database, statement)
    found = schema_differences(control_database)
    for _, what in BY_HAND:
        assert [one for one in found if one.startswith(what)], (what, found)
    said = migrate(control_database.owner_url)
    assert schema_differences(control_database) == []
    undone = [line for line in said if line.startswith(("Put back: ", "Removed: "))]
    assert len(undone) == len(found)
    for line in (
        "Put back: trigger ledger.append_only, which differed from this version's.",
        "Put back: trigger reviews.guard, which was missing.",
        "Removed: function more(), which is not of this version.",
    ):
        assert line in undone


def test_migration_that_undoes_nothing_names_nothing(control_database: ControlDatabase) -> None:
    again = migrate(control_database.owner_url)
    assert [line for line in again if line.startswith(("Put back: ", "Removed: ", "Left as it is: "))] == []


def test_changes_of_data_definition_are_named_by_doctor_and_by_migrate(
    control_database: ControlDatabase,
) -> None:
    with psycopg.connect(control_database.owner_url) as owner:
        for statement, _ in DATA_DEFINITION:
            owner.execute(statement.encode())
    found = schema_differences(control_database)
    for _, what in DATA_DEFINITION:
        assert [one for one in found if one.startswith(what)], (what, found)
    said = migrate(control_database.owner_url)
    assert "Left as it is: index requests_one_pending is missing." in said
    assert "Left as it is: table more is not of this version." in said


def test_table_that_changed_its_owner_is_named(control_database: ControlDatabase) -> None:
    as_superuser(control_database, "alter table drafts owner to pg_monitor")
    what = "table drafts differs from this version's"
    assert what in schema_differences(control_database)
    assert f"Left as it is: {what}." in migrate(control_database.owner_url)


def test_table_that_the_owner_may_not_lock_stops_a_migration(control_database: ControlDatabase) -> None:
    as_superuser(control_database, "create table more (id int)")
    as_superuser(control_database, "drop trigger guard on reviews")
    with pytest.raises(MigrationFailed, match="permission denied for table more"):
        migrate(control_database.owner_url)
    assert "trigger reviews.guard is missing" in schema_differences(control_database)


NEED_A_FUNCTION = {
    "a view elsewhere": "create view reporting.seen as select is_now(now())",
    "a default elsewhere": "create table reporting.more (seen boolean default is_now(now()))",
    "a trigger elsewhere": """create table reporting.kept (id int);
        create trigger kept before delete on reporting.kept execute function refuse_change()""",
    "a function elsewhere": """create function reporting.seen() returns boolean
        begin atomic select is_now(now()); end""",
    "a constraint here": "alter table drafts add constraint more check (is_now(created_at)) not valid",
}


@pytest.mark.parametrize("statement", NEED_A_FUNCTION.values(), ids=NEED_A_FUNCTION)
def test_migration_drops_no_object_that_needs_a_function_and_names_it(
    control_database: ControlDatabase, statement: str
) -> None:
    for made in ("create schema reporting authorization dbaccess_owner", "drop trigger guard on reviews"):
        as_superuser(control_database, made)
    with psycopg.connect(control_database.owner_url) as owner:
        owner.execute(statement.encode())
    before = schema_differences(control_database)
    with pytest.raises(
        MigrationFailed, match=r"^Nothing is changed: .* depends on function (is_now|refuse_change)"
    ):
        migrate(control_database.owner_url)
    assert schema_differences(control_database) == before


def test_monitor_keeps_the_view_that_the_owner_made_for_it(control_database: ControlDatabase) -> None:
    with psycopg.connect(control_database.owner_url) as owner:
        owner.execute("create schema monitoring")
        owner.execute("create view monitoring.grants as select id, state from public.grants")
        owner.execute("grant usage on schema monitoring to pg_monitor")
        owner.execute("grant select on monitoring.grants to pg_monitor")
    assert [line for line in migrate(control_database.owner_url) if line.startswith("Left")] == []
    assert schema_differences(control_database) == []
    with psycopg.connect(control_database.superuser_url) as admin:
        admin.execute("set role pg_monitor")
        assert admin.execute("select from monitoring.grants").fetchall() == []
        with pytest.raises(errors.InsufficientPrivilege):
            admin.execute("select from public.grants")


def test_doctor_names_what_differs_and_the_fix(control_database: ControlDatabase) -> None:
    as_superuser(control_database, "drop trigger guard on reviews")
    as_superuser(control_database, "drop index requests_one_pending")
    put_back = (
        "Run as the owner: dbaccess migrate. If it stays, change it by hand to: "
        "CREATE UNIQUE INDEX requests_one_pending ON public.requests USING btree "
        "(requester_slack_id, target, role, kind) WHERE (state = 'pending'::text)"
    )
    assert [(found.what, found.fix) for found in examine(control_database.bot_url) if not found.ok] == [
        ("Schema: index requests_one_pending is missing", put_back),
        ("Schema: trigger reviews.guard is missing", "Run as the owner: dbaccess migrate"),
    ]


def test_role_that_is_gone_is_seen(
    control_postgres: PostgresServer, control_database: ControlDatabase
) -> None:
    with psycopg.connect(control_postgres.url(), autocommit=True) as admin:
        admin.execute("alter role dbaccess_bot rename to dbaccess_bot_elsewhere")
        try:
            assert wrong(control_database.worker_url) == ["There is no role dbaccess_bot"]
        finally:
            admin.execute("alter role dbaccess_bot_elsewhere rename to dbaccess_bot")


def test_owner_that_runs_is_seen(control_database: ControlDatabase) -> None:
    assert wrong(control_database.owner_url) == ["DATABASE_URL logs in as dbaccess_owner"]


def test_database_that_was_never_migrated_is_seen(
    control_postgres: PostgresServer, control_database: ControlDatabase
) -> None:
    with fresh_database(control_postgres) as owner_url:
        assert wrong(owner_url) == [
            "DATABASE_URL logs in as dbaccess_fresh",
            f"Schema at revision none, needs {head_revision()}",
        ]


def test_revision_of_another_version_is_one_finding(control_database: ControlDatabase) -> None:
    as_superuser(control_database, "update alembic_version set version_num = '0000'")
    assert wrong(control_database.worker_url) == [f"Schema at revision 0000, needs {head_revision()}"]


def test_many_differences_are_summed_up(control_database: ControlDatabase) -> None:
    as_superuser(control_database, "revoke all on all tables in schema public from dbaccess_worker")
    found = wrong(control_database.bot_url)
    assert len(found) == 21
    assert re.fullmatch(r"Schema: \d+ more differences", found[-1])


def test_rights_through_another_role_are_seen(control_database: ControlDatabase) -> None:
    as_superuser(control_database, "grant pg_write_all_data to dbaccess_bot")
    try:
        assert wrong(control_database.worker_url) == ["dbaccess_bot has the rights of pg_write_all_data"]
    finally:
        as_superuser(control_database, "revoke pg_write_all_data from dbaccess_bot")


def test_role_that_only_logs_people_in_is_no_finding(control_database: ControlDatabase) -> None:
    """As rds_iam of a managed service does."""
    as_superuser(control_database, "create role some_iam")
    try:
        as_superuser(control_database, "grant some_iam to dbaccess_worker")
        assert wrong(control_database.worker_url) == []
    finally:
        as_superuser(control_database, "drop role some_iam")


def test_an_end_that_a_session_can_keep_waiting_is_seen(control_database: ControlDatabase) -> None:
    as_superuser(control_database, "revoke dbaccess_bot from dbaccess_owner granted by dbaccess_owner")
    try:
        assert wrong(control_database.worker_url) == ["A session of the bot can keep ends waiting for ever"]
    finally:
        migrate(control_database.owner_url)
    assert wrong(control_database.worker_url) == []


def test_process_that_starts_logs_what_differs(control_database: ControlDatabase) -> None:
    with capture_logs() as logs:
        log_differences(control_database.worker_url, application_name="test")
        assert logs == []
        as_superuser(control_database, "drop trigger guard on reviews")
        log_differences(control_database.worker_url, application_name="test")
    assert [(line["event"], line["what"], line["fix"]) for line in logs] == [
        ("schema differs", "trigger reviews.guard is missing", "Run as the owner: dbaccess migrate")
    ]


def test_process_starts_where_the_database_does_not_answer() -> None:
    with capture_logs() as logs:
        log_differences("postgresql://u@127.0.0.1:1/none", application_name="test")
    assert [line["event"] for line in logs] == ["schema not compared"]


@pytest.mark.parametrize(
    "record", [None, b"[\n", b"[]\n", b"\xff\n"], ids=["no file", "cut", "empty", "bytes"]
)
def test_process_starts_where_the_record_cannot_be_read(
    control_database: ControlDatabase, tmp_path: Path, record: bytes | None
) -> None:
    (tmp_path / "sql").symlink_to(PACKAGED.sql)
    migrations = Migrations(tmp_path)
    if record is not None:
        migrations.schema.write_bytes(record)
    with capture_logs() as logs:
        log_differences(control_database.worker_url, application_name="test", migrations=migrations)
    assert [line["event"] for line in logs] == ["schema not compared"]
