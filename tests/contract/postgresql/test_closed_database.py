"""A database that lets the worker in no more keeps no grant of another one from ending."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.domain.grant import Recipe
from dbaccess.domain.receipt import Receipt
from tests.contract.postgresql.target import Target, target_on
from tests.databases import PostgresServer
from tests.kept_targets import KeptTargets

CLOSED = "database_closed"
LOGIN_TRIGGERS = "event triggers on login"
REFUSES = """
    create function public.refuse() returns event_trigger language plpgsql as $$
    begin
        if not (select rolsuper from pg_catalog.pg_roles where rolname = session_user) then
            {what};
        end if;
    end $$;
    create event trigger refuse on login execute function public.refuse();
    alter event trigger refuse enable always
"""


@pytest.fixture
def impatient(kept_targets: KeptTargets, target_postgres: PostgresServer) -> Iterator[Target]:
    with kept_targets.lend(target_postgres) as worker:
        yield target_on(worker, connect=2)


def elsewhere(target: Target) -> psycopg.Connection:
    url = urlsplit(target.database.superuser_url)._replace(path="/postgres").geturl()
    return psycopg.connect(url, autocommit=True)


@contextmanager
def altered(target: Target, how: str) -> Iterator[None]:
    name = sql.Identifier(target.database.name)
    with elsewhere(target) as dba:
        dba.execute(sql.SQL("alter database {} {}").format(name, sql.SQL(how)))
        try:
            yield
        finally:
            dba.execute(sql.SQL("alter database {} connection limit -1").format(name))
            dba.execute(sql.SQL("alter database {} allow_connections true").format(name))


def with_work_there(target: Target) -> Recipe:
    """The end has to enter the grant's database, to hand something over."""
    recipe = target.provision(target.ephemeral())
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute("select lo_create(0)")
    return recipe


def ends_but_for_what_is_there(
    target: Target, there: list[Recipe], other: Recipe, *, cause: str = "connection limit"
) -> None:
    *failures, receipt = target.revoke(*there, other)
    for recipe, failure in zip(there, failures, strict=True):
        assert isinstance(failure, TargetFailure)
        # As unreachable it would stand for the whole cluster, and the next batch would not be begun.
        assert not isinstance(failure, TargetUnreachable)
        assert failure.code == CLOSED
        assert cause in str(failure) or "allows no connections" in str(failure)
        with elsewhere(target) as dba:
            lets_in = dba.execute("select rolcanlogin from pg_roles where rolname = %s", [recipe.login])
            assert lets_in.fetchall() == [(False,)]
    assert isinstance(receipt, Receipt)
    assert receipt.login_removed


@pytest.mark.parametrize("how", ["connection limit 0", "allow_connections false"])
def test_database_that_its_owner_closed_keeps_no_other_grant(target: Target, how: str) -> None:
    recipe, other = with_work_there(target), target.provision(target.ephemeral())
    with altered(target, how):
        ends_but_for_what_is_there(target, [recipe], other)
    assert target.end(recipe).login_removed


def test_login_trigger_that_fails_keeps_no_other_grant(target: Target) -> None:
    recipe, other = with_work_there(target), target.provision(target.ephemeral())
    target.dba(REFUSES.replace("{what}", "raise exception 'closed'"))
    ends_but_for_what_is_there(target, [recipe], other, cause=LOGIN_TRIGGERS)
    target.dba("drop event trigger refuse")
    assert target.end(recipe).login_removed


def test_login_trigger_that_never_ends_costs_one_wait_for_all(impatient: Target) -> None:
    target = impatient
    there = [with_work_there(target) for _ in range(3)]
    other = target.provision(target.ephemeral())
    target.dba(REFUSES.replace("{what}", "perform pg_catalog.pg_sleep(3600)"))
    ends_but_for_what_is_there(target, there, other, cause=LOGIN_TRIGGERS)
    waiting = "select count(*) from pg_stat_activity where usename = %s and datname = %s"
    tries = target.look(waiting, target.worker.login, target.database.name)[0][0]
    target.dba("drop event trigger refuse")
    assert tries <= 1


def test_library_that_its_owner_wants_loaded_is_not_loaded(target: Target) -> None:
    recipe = with_work_there(target)
    with altered(target, "set local_preload_libraries = 'nowhere'"):
        assert target.end(recipe).login_removed
