"""The SQL for the DBA, as text; that it suffices is what every test of the driver shows."""

import re

import pytest

from dbaccess.domain.capture import Capture, CaptureSource
from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.target import Access
from dbaccess.targets.postgresql.setup_sql import setup_sql


def test_before_16_nothing_can_create_roles() -> None:
    printed = setup_sql(version=15, installation="acme", roles=["orders_read"])
    assert "nologin nocreaterole" in printed
    assert 'grant "orders_read" to "dbaccess_admin_acme" with admin option' in printed
    assert "inherit false" not in printed
    assert "set on parameter" not in printed


def test_since_16_the_workers_role_may_give_what_it_does_not_hold() -> None:
    printed = setup_sql(version=18, installation="acme", roles=["b", "a"], owners=["c"])
    for role in "abc":
        given = f'grant "{role}" to "dbaccess_admin_acme" with admin true, inherit false, set false;'
        assert given in printed
    assert 'grant "dbaccess_admin_acme" to "dbaccess_worker_login_acme"' in printed


@pytest.mark.parametrize("version", [15, 16, 18])
def test_line_that_reserves_connections_is_printed_and_not_run(version: int) -> None:
    printed = setup_sql(version=version, installation="acme", roles=["orders_read"])
    lines = [line for line in printed.splitlines() if "alter system" in line and "raise notice" not in line]
    assert lines == ([] if version == 15 else ["--   alter system set reserved_connections = 5;"])


@pytest.mark.parametrize("version", [15, 16, 18])
def test_no_password_is_in_the_text(version: int) -> None:
    printed = setup_sql(version=version, installation="acme", roles=["orders_read"])
    assert "\\password dbaccess_worker_login_acme" in printed
    statements = [line for line in printed.splitlines() if not line.startswith("--")]
    assert not any("password" in line for line in statements)


@pytest.mark.parametrize("version", [15, 18])
def test_without_roles_it_still_runs(version: int) -> None:
    printed = setup_sql(version=version, installation="acme", roles=[])
    assert "grant  to" not in printed
    assert "pg_signal_backend" in printed


def test_names_cannot_leave_their_quotes_or_comments() -> None:
    printed = setup_sql(
        version=18, installation="acme", roles=['a"; drop table x; --'], owners=["c\ndrop table y;"]
    )
    assert '"a""; drop table x; --"' in printed
    assert "-- c?drop table y;" in printed


@pytest.mark.parametrize("name", ["public", "pg_read_all_data", "a\0b", "x" * 64, "", "Current_User"])
def test_names_that_mean_something_else_are_refused(name: str) -> None:
    with pytest.raises(TargetFailure):
        setup_sql(version=18, installation="acme", roles=[name])


@pytest.mark.parametrize("version", [15, 18])
def test_settings_that_log_own_logins_are_printed_and_not_run(version: int) -> None:
    imported = Capture(source=None)
    printed = setup_sql(
        version=version, installation="acme", roles=[], capture=imported, logins=["alice", "b\ndrop table x;"]
    )
    for setting in ("log_statement", "log_duration", "log_error_verbosity", "lc_messages"):
        assert f'--   alter role "alice" set {setting} = ' in printed
    assert not [line for line in printed.splitlines() if line.startswith(('alter role "alice', "drop table"))]
    assert "dbaccess_log" not in printed  # nothing is read over SQL


_ORDERS = ObjectPrivileges(schemas=(), tables=("shop.orders",), privileges=("SELECT",))


def test_right_to_give_on_objects_goes_to_a_role_that_the_worker_does_not_hold() -> None:
    printed = setup_sql(version=18, installation="acme", roles=["a"], objects={"orders": [_ORDERS]})
    given = (
        "'grant select on table %I.%I to %I with grant option', n.nspname, c.relname, 'dbaccess_objects_acme'"
    )
    assert printed.index('\\connect "orders"') < printed.index(given)
    assert 'to "dbaccess_admin_acme" with grant option' not in printed
    assert 'grant "dbaccess_objects_acme" to "dbaccess_admin_acme" with admin true, inherit false' in printed


def test_sequences_are_for_those_who_may_insert_only() -> None:
    inserting = ObjectPrivileges(schemas=("shop",), tables=(), privileges=("INSERT", "SELECT"))
    with_insert = setup_sql(version=18, installation="acme", roles=[], objects={"orders": [inserting]})
    without = setup_sql(version=18, installation="acme", roles=[], objects={"orders": [_ORDERS]})
    assert ("grant usage on sequence" in with_insert, "grant usage on sequence" in without) == (True, False)


@pytest.mark.parametrize(("version", "objects"), [(18, {}), (15, {"orders": [_ORDERS]})])
def test_without_roles_on_objects_there_is_no_such_role(
    version: int, objects: dict[str, list[ObjectPrivileges]]
) -> None:
    assert "dbaccess_objects" not in setup_sql(
        version=version, installation="acme", roles=["a"], objects=objects
    )


def test_names_of_objects_cannot_leave_their_quotes() -> None:
    hostile = ObjectPrivileges(
        schemas=('a"\ndrop table x;',), tables=("b.c'; drop table x; --\\",), privileges=("INSERT",)
    )
    printed = setup_sql(version=18, installation="acme", roles=[], objects={'o"rders': [hostile]})
    assert '\\connect "o""rders"' in printed
    assert '--   alter default privileges for role … in schema "a""?drop table x;"' in printed
    assert "E'c''; drop table x; --\\\\'" in printed


def test_worker_and_the_logins_it_makes_may_connect_though_public_may_not() -> None:
    printed = setup_sql(
        version=18, installation="acme", roles=["a"], objects={"orders": [_ORDERS]}, databases=['bi"lling']
    )
    for database in ('"bi""lling"', '"orders"'):
        assert f'grant connect on database {database} to "dbaccess_worker_login_acme";' in printed
    given = 'grant connect on database "orders" to "dbaccess_objects_acme" with grant option;'
    assert printed.index('\\connect "orders"') < printed.index(given)
    before_16 = setup_sql(version=15, installation="acme", roles=["a"], databases=["orders"])
    assert 'grant connect on database "orders"' not in before_16


def test_name_cannot_end_the_quotes_of_a_block() -> None:
    name = "a$dbaccess$; drop table x; do $dbaccess1$"
    printed = setup_sql(
        version=18,
        installation="acme",
        roles=[name],
        accesses={"orders": {name: Access.WRITE}},
        databases=["o$dbaccess$"],
    )
    opened = [line for line in printed.splitlines() if line.startswith("do $dbaccess")]
    blocks = [part for line in set(opened) for part in printed.split(f"{line}\n")[1:]]
    assert any(line == "do $dbaccess2$" for line in opened)
    assert len(blocks) == len(opened)
    for part in blocks:
        assert re.search(r"^end\n\$dbaccess\d*\$;$", part, re.MULTILINE)


def test_role_that_the_policy_grants_is_made_before_it_is_given() -> None:
    printed = setup_sql(version=15, installation="acme", roles=["orders_read"])
    made, given = 'create role "orders_read" nologin;', 'grant "orders_read" to "dbaccess_admin_acme"'
    assert printed.index(made) < printed.index(given)


@pytest.mark.parametrize("version", [15, 18])
def test_private_database_is_the_one_that_the_policy_names(version: int) -> None:
    printed = setup_sql(
        version=version,
        installation="acme",
        lock_database="jit_locks",
        roles=["orders_read"],
        capture=Capture(source=CaptureSource.JSONLOG, over="sql"),
    )
    assert 'create database "jit_locks"' in printed
    assert "dbaccess_acme" not in printed
    assert "dbaccess_worker_login_acme" in printed


@pytest.mark.parametrize("name", ["", "Locks", "a-b", "1a", "a" * 64, 'a"; drop'])
def test_private_database_of_another_shape_is_refused(name: str) -> None:
    with pytest.raises(TargetFailure, match="a private database is named"):
        setup_sql(version=18, installation="acme", lock_database=name, roles=[])
