"""The fixtures that every other test stands on."""

import time

import psycopg
import pytest
import redis

from sandbox.waiting import PATIENCE
from tests.databases import (
    ControlDatabase,
    ControlTemplate,
    PostgresServer,
    TargetDatabase,
    standing_on,
    target_database_on,
)
from tests.kept_targets import KeptTargets


@pytest.fixture(params=["target_database", "target_database_15"])
def database(request: pytest.FixtureRequest) -> TargetDatabase:
    found: TargetDatabase = request.getfixturevalue(request.param)
    return found


def test_target_roles_can_do_what_their_names_say_and_no_more(database: TargetDatabase) -> None:
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        connection.execute(f"set role {database.read_role}")
        row = connection.execute("select count(*) from shop.orders").fetchone()
        assert row == (3,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("delete from shop.order_items")
        connection.execute(f"set role {database.write_role}")
        assert connection.execute("delete from shop.order_items").rowcount == 4
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("drop table shop.order_items")
        connection.execute(f"set role {database.owner_role}")
        connection.execute("drop table shop.order_items")


def test_control_and_target_are_different_clusters(
    control_postgres: PostgresServer, target_postgres: PostgresServer
) -> None:
    def identifier(server: PostgresServer) -> object:
        with psycopg.connect(server.url()) as connection:
            return connection.execute("select system_identifier from pg_control_system()").fetchone()

    assert identifier(control_postgres) != identifier(target_postgres)


def test_target_leaves_no_role_database_or_session_behind(target_postgres: PostgresServer) -> None:
    everything = """select 'role', rolname::text from pg_roles union all
                    select 'database', datname from pg_database union all
                    select 'session', pid::text from pg_stat_activity
                     where backend_type = 'client backend' and pid <> pg_backend_pid()"""
    with psycopg.connect(target_postgres.url(), autocommit=True) as watcher:
        before = watcher.execute(everything).fetchall()
        with target_database_on(target_postgres) as database:
            admin = psycopg.connect(database.superuser_url, autocommit=True)
            admin.execute("create role jit_left_over login password 'x'")
            admin.execute(f"grant {database.read_role} to jit_left_over with admin option")
            admin.execute("grant set on parameter log_statement to jit_left_over")
            admin.execute(f"grant {database.read_role} to current_user")
            session = psycopg.connect(target_postgres.url("jit_left_over", "x"))
            assert watcher.execute(everything).fetchall() != before
        admin.close()
        session.close()
        until = time.monotonic() + PATIENCE  # a backend may need a moment to end after its client has left
        while sorted(left := watcher.execute(everything).fetchall()) != sorted(before):
            assert time.monotonic() < until, left
            time.sleep(0.05)


@pytest.mark.parametrize("version", ["target_postgres", "target_postgres_15"])
def test_kept_target_is_lent_as_it_was_set_up(request: pytest.FixtureRequest, version: str) -> None:
    server: PostgresServer = request.getfixturevalue(version)
    kept, standing = KeptTargets(), standing_on(server)

    def lent(statement: str = "select") -> tuple[str, int, int, list[str]]:
        """Its name and identity, rows and what is left over, before this statement."""
        with (
            kept.lend(server) as worker,
            psycopg.connect(worker.database.superuser_url, autocommit=True) as dba,
        ):
            name, read = worker.database.name, worker.database.read_role
            found = dba.execute(
                """select d.oid::int, (select count(*)::int from shop.order_items), array(
                       select tablename::text from pg_tables where tablename = 'left_over' union all
                       select rolname from pg_roles where rolname = 'left_over')
                     from pg_database d where d.datname = current_database()"""
            ).fetchone()
            dba.execute(statement.format(name=name, read=read))
        assert found is not None
        return name, *found

    name, first, rows, nothing = lent("create role left_over login")
    assert nothing == []
    assert lent("create table left_over ()") == (name, first, rows, [])
    _, second, *as_before = lent("delete from shop.order_items")
    assert (second != first, as_before) == (True, [rows, []])
    _, third, *as_before = lent("alter database {name} connection limit 5")
    assert (third != second, as_before) == (True, [rows, []])
    assert lent("alter role {read} createrole")[1] != third
    assert lent()[0] != name
    kept.close()
    assert standing_on(server) == standing


def test_redis_database_is_empty_and_writable(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        assert client.set("kept", "until the test ends")


def test_control_database_has_its_roles_and_none_is_superuser(control_database: ControlDatabase) -> None:
    urls = {
        "dbaccess_owner": control_database.owner_url,
        "dbaccess_bot": control_database.bot_url,
        "dbaccess_worker": control_database.worker_url,
    }
    for role, url in urls.items():
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "select rolname, rolsuper, current_database() from pg_roles where rolname = current_user"
            ).fetchone()
        assert row == (role, False, control_database.name)


def test_cloned_control_database_keeps_the_rights_of_the_migrated_one(
    control_postgres: PostgresServer, control_template: ControlTemplate, control_database: ControlDatabase
) -> None:
    rights = """select coalesce(a.grantee::regrole::text, '-'), a.privilege_type from pg_database d,
                       aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                 where d.datname = %s order by 1, 2"""
    with psycopg.connect(control_postgres.url()) as connection:
        migrated = connection.execute(rights, [control_template.name]).fetchall()
        cloned = connection.execute(rights, [control_database.name]).fetchall()
    assert cloned == migrated != []
