"""The master user of a managed service, who is no superuser, runs what `setup-sql` prints."""

import secrets
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.targets.postgresql.policy_roles_sql import make_roles_sql
from tests.contract.postgresql.least_privilege import set_up
from tests.contract.postgresql.managed_service import Service, managed_service
from tests.databases import TargetDatabase

ONLY_BY_A_SUPERUSER = {
    "cannot keep password verifiers out of the server's log",
    "may not use the 5 reserved connections",
}
PRIVILEGES = """
select c.relname, string_agg(p, ',' order by p)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname in ('shop', 'auth')
 cross join unnest(array['DELETE', 'INSERT', 'SELECT', 'TRUNCATE', 'UPDATE']) p
 where c.relkind in ('r', 'v') and has_table_privilege(%s, c.oid, p)
 group by 1
"""


@pytest.fixture(params=["target_database", "target_database_15"])
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    with managed_service(request.getfixturevalue(request.param)) as found:
        yield found


def query(url: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement.encode(), values).fetchall()


def test_rights_that_only_a_superuser_gives_take_none_of_the_others_with_them(service: Service) -> None:
    target = service.target()
    found = [finding for finding in target.driver.examine({}) if not finding.ok]
    assert {finding.what.partition(":")[0] for finding in found} <= ONLY_BY_A_SUPERUSER
    if target.makes_logins:
        assert found
        for finding in found:
            target.dba(finding.fix)
    assert [finding.what for finding in target.driver.examine({}) if not finding.ok] == []


def test_notices_name_each_right_left_out_with_its_cost_and_each_object_of_another(service: Service) -> None:
    said = service.set_up(f"t{secrets.token_hex(3)}")
    expected = ["table auth.users", "table shop.audited", "schema auth"]
    if service.database.version > 15:
        expected += [
            "pg_use_reserved_connections",
            "log_parameter_max_length",
            "needs one that the workers kept",
        ]
    for words in expected:
        assert words in said
    assert "ERROR" not in said
    assert "shop.orders" not in said


def test_roles_of_the_policy_are_made_with_what_their_access_implies(service: Service) -> None:
    service.set_up(f"t{secrets.token_hex(3)}")
    read, write, owner = (f"{service.database.name}_{kind}" for kind in ("read", "write", "owner"))
    url = service.database.superuser_url
    expected = {
        read: "SELECT",
        write: "DELETE,INSERT,SELECT,UPDATE",
        owner: "DELETE,INSERT,SELECT,TRUNCATE,UPDATE",
    }
    for role, privileges in expected.items():
        tables = dict(query(url, PRIVILEGES, role))
        assert tables == dict.fromkeys(["orders", "order_items", "customers"], privileges)
    with psycopg.connect(url) as connection:
        # Tables made later: the customer's, and those that people make as the durable role.
        for maker in (service.master, owner):
            connection.execute(sql.SQL("set role {}").format(sql.Identifier(maker)))
            connection.execute(sql.SQL("create table shop.{} (id serial)").format(sql.Identifier(maker)))
        connection.execute("reset role")
        later: dict[str, str] = dict(connection.execute(PRIVILEGES, [write]).fetchall())
    assert later[service.master] == later[owner] == expected[write]


def test_run_again_it_changes_nothing_and_widens_no_role(service: Service) -> None:
    installation, name = f"t{secrets.token_hex(3)}", service.database.name
    service.set_up(installation)
    with psycopg.connect(service.master_url, autocommit=True) as master:
        narrowed = sql.SQL("revoke select on shop.customers from {}").format(sql.Identifier(f"{name}_read"))
        master.execute(narrowed)
    state = """select (select string_agg(relacl::text, ' ' order by oid) from pg_class),
                      (select string_agg(d::text, ' ' order by oid) from pg_default_acl d),
                      (select string_agg(concat_ws(' ', roleid, member, grantor, admin_option), ','
                                         order by roleid, member, grantor) from pg_auth_members)"""
    before = query(service.database.superuser_url, state)
    service.set_up(installation)
    assert query(service.database.superuser_url, state) == before


def test_master_keeps_no_membership_that_it_took_to_give_on_what_an_owner_has(service: Service) -> None:
    service.set_up(f"t{secrets.token_hex(3)}")
    owner = f"{service.database.name}_owner"
    held = query(service.database.superuser_url, "select pg_has_role(%s, %s, 'usage')", service.master, owner)
    assert held == [(False,)]


def test_objects_are_given_as_far_as_the_master_may_and_the_rest_is_listed(
    target_database: TargetDatabase,
) -> None:
    tables = ("auth.users", "shop.orders", "shop.gone")
    on = ObjectPrivileges(schemas=("nowhere", "auth"), tables=tables, privileges=("SELECT",))
    with managed_service(target_database) as service:
        installation = f"t{secrets.token_hex(3)}"
        said = set_up(service.database, installation, objects=[on], run_by=service.master_url)
        for left in (
            "schema nowhere, which is not there",
            "table shop.gone, which is not there",
            "schema auth",
        ):
            assert left in said
        may = "select has_table_privilege(%s, %s, 'select with grant option')"
        holder = f"dbaccess_objects_{installation}"
        for table, given in (("shop.orders", True), ("auth.users", False), ("shop.customers", False)):
            assert query(service.database.superuser_url, may, holder, table) == [(given,)]


def test_role_that_is_made_is_questioned_with_those_that_are_there(service: Service) -> None:
    there, missing = service.database.read_role, f"{service.database.read_role}x"
    said: list[str] = []
    with psycopg.connect(service.database.superuser_url) as connection:
        connection.add_notice_handler(lambda notice: said.append(str(notice.message_primary)))
        for question in (False, True):
            connection.execute(make_roles_sql([there]).encode())
            connection.execute(make_roles_sql([there, missing], question=question).encode())
            made = connection.execute("select from pg_roles where rolname = %s", [missing]).fetchone()
            assert made is not None
            connection.rollback()
    (warning,) = said
    assert warning.startswith(f"role {missing} was not there, and is made")
    assert there in warning
