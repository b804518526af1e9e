"""A database that is renamed or dropped during a grant does not keep the grant from ending."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.privileges import ObjectPrivileges
from tests.contract.postgresql.target import Target, target_on
from tests.databases import PostgresServer
from tests.kept_targets import KeptTargets

ORDERS = ObjectPrivileges(schemas=(), tables=("shop.orders",), privileges=("SELECT",))


@pytest.fixture
def shop(kept_targets: KeptTargets, target_postgres: PostgresServer) -> Iterator[Target]:
    with kept_targets.lend(target_postgres, [ORDERS]) as worker:
        yield target_on(worker)


@contextmanager
def gone(target: Target, how: str) -> Iterator[None]:
    """The database is renamed, or dropped, meanwhile; another one may have taken its name."""
    name, other = target.database.name, f"{target.database.name}_old"
    with _maintenance(target) as dba:
        if how == "dropped":
            dba.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
        else:
            _rename(dba, name, other)
        if how == "replaced":
            dba.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    try:
        yield
    finally:
        with _maintenance(target) as dba:
            if how == "replaced":
                dba.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
            if how != "dropped":
                _rename(dba, other, name)


def _rename(dba: psycopg.Connection, name: str, to: str) -> None:
    dba.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
    dba.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(name), sql.Identifier(to)))


def _maintenance(target: Target) -> psycopg.Connection:
    url = urlsplit(target.database.superuser_url)._replace(path="/postgres").geturl()
    return psycopg.connect(url, autocommit=True)


@pytest.mark.parametrize("how", ["renamed", "replaced", "dropped"])
def test_login_that_acted_as_the_owner_ends(shop: Target, how: str) -> None:
    owner = shop.database.owner_role
    recipe = shop.provision(replace(shop.ephemeral(owner, act_as=owner), on=ORDERS))
    with psycopg.connect(shop.with_password(recipe), autocommit=True) as holder:
        holder.execute("create table shop.made (id int)")
        holder.execute("reset role")
        holder.execute("select lo_create(0)")
    with gone(shop, how):
        receipt = shop.end(recipe)
    assert receipt.login_removed
    assert shop.driver.made_logins() == []


@pytest.mark.parametrize("how", ["renamed", "replaced", "dropped"])
def test_role_of_a_personal_login_ends(either_target: Target, how: str) -> None:
    login, _ = either_target.person()
    recipe = either_target.provision(either_target.personal(login))
    with gone(either_target, how):
        receipt = either_target.end(recipe)
        assert receipt.roles_removed == (either_target.database.read_role,)
        with _maintenance(either_target) as dba:
            held = dba.execute("select from pg_auth_members where member = %s::regrole", [login]).fetchall()
    assert held == []


def test_objects_in_a_renamed_database_that_refuses_the_worker_are_not_called_removed(shop: Target) -> None:
    recipe = shop.provision(replace(shop.ephemeral(), on=ORDERS))
    with gone(shop, "renamed"), _maintenance(shop) as dba:
        name = sql.Identifier(f"{shop.database.name}_old")
        dba.execute(sql.SQL("alter database {} allow_connections false").format(name))
        try:
            (outcome,) = shop.revoke(recipe)
        finally:
            dba.execute(sql.SQL("alter database {} allow_connections true").format(name))
        assert isinstance(outcome, TargetFailure)
        assert outcome.code == "database_closed"
        receipt = shop.end(recipe)
    assert (receipt.login_removed, receipt.objects_removed) == (True, ORDERS.said)
