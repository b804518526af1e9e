"""An event trigger of a database that stops the worker keeps no access, and is told by its name."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.receipt import Receipt
from tests.contract.postgresql.target import Target, in_an_hour, nothing, target_on
from tests.databases import PostgresServer
from tests.kept_targets import KeptTargets

EVERY = ObjectPrivileges(schemas=("shop",), tables=(), privileges=("INSERT", "SELECT"))
STOPS = """
    create function public.stop_worker() returns event_trigger language plpgsql as $$
    begin
        if not (select rolsuper from pg_catalog.pg_roles where rolname = session_user) then
            {how};
        end if;
    end $$;
    create event trigger "No DDL" on ddl_command_start execute function public.stop_worker()
"""
WAYS = {
    "raises": "raise exception 'no'",
    "raises as the server does": "raise insufficient_privilege",
    "lacks a table": "insert into nowhere values (1)",
    "hangs": "perform pg_catalog.pg_sleep(3600)",
}
"""By its maker's will, or by a fault of its own."""


@pytest.fixture
def shop(kept_targets: KeptTargets, target_postgres: PostgresServer) -> Iterator[Target]:
    with kept_targets.lend(target_postgres, [EVERY]) as worker:
        yield target_on(worker, held=1.0)


def _on_objects(target: Target) -> Recipe:
    return replace(target.ephemeral(), roles=(), on=EVERY)


def _with_an_object(target: Target) -> Recipe:
    """The end has to hand something over in the database, and then drops what it is given there."""
    recipe = target.provision(target.ephemeral())
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute("select lo_create(0)")
    return recipe


@pytest.mark.parametrize("how", list(WAYS))
def test_trigger_that_stops_the_worker_keeps_no_access_and_no_other_grant(shop: Target, how: str) -> None:
    kept = [shop.provision(_on_objects(shop))]
    if how != "raises as the server does":  # a refused command keeps a login only if the drop needs it
        kept.append(_with_an_object(shop))
    other = shop.provision(shop.ephemeral())
    url = shop.with_password(kept[0])
    shop.dba(STOPS.replace("{how}", WAYS[how]))
    with psycopg.connect(url) as holder:
        *failures, receipt = shop.revoke(*kept, other)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    for recipe, failure in zip(kept, failures, strict=True):
        assert isinstance(failure, TargetFailure)
        assert failure.code == "event_trigger"
        assert 'alter event trigger "No DDL" disable' in str(failure)
        assert f"of database {shop.database.name}" in str(failure)
        assert not shop.can_log_in(recipe.login)
    assert isinstance(receipt, Receipt)
    assert receipt.login_removed
    shop.dba('alter event trigger "No DDL" disable')
    assert all(shop.end(recipe).login_removed for recipe in kept)


def test_trigger_that_stops_a_grant_is_told_by_its_name_and_nothing_is_left(shop: Target) -> None:
    shop.dba(STOPS.replace("{how}", WAYS["raises"]))
    recipe = _on_objects(shop)
    failure = shop.refusal(recipe)
    assert (failure.code, failure.touched) == ("event_trigger", False)
    assert '"No DDL" (function public.stop_worker())' in str(failure)
    assert shop.look("select from pg_roles where rolname = %s", recipe.login) == []


def test_worker_whose_private_database_has_login_triggers_says_so(shop: Target) -> None:
    recipe = shop.provision(shop.ephemeral())
    url = shop.database.superuser_url.rpartition("/")[0] + f"/{shop.worker.lock_database}"
    with psycopg.connect(url, autocommit=True) as dba:
        dba.execute(STOPS.replace("{how}", WAYS["raises"]).replace("ddl_command_start", "login"))
        dba.execute('alter event trigger "No DDL" enable always')
    with pytest.raises(TargetFailure, match="event triggers on login") as failure:
        shop.with_another_driver().driver.provision(recipe, valid_until=in_an_hour(), fence=nothing)
    assert failure.value.code == "unreachable"
    assert shop.end(recipe).login_removed, "by a connection that was there before"


AUDIT = """
    create or replace function shop.audit() returns event_trigger language plpgsql as $$
    begin
        if session_user = {worker} then
            set local role {admin};
            grant {role} to {mallory};
        end if;
    end $$
"""


def test_trigger_that_a_holder_may_replace_never_runs_for_the_worker(shop: Target) -> None:
    owner, role = shop.database.owner_role, shop.database.write_role
    kept, mallory = shop.provision(_on_objects(shop)), shop.person()[0]
    acting = shop.provision(shop.ephemeral(owner, act_as=owner))
    with psycopg.connect(shop.with_password(acting), autocommit=True) as holder:
        replaced = sql.SQL(AUDIT).format(
            worker=sql.Literal(shop.worker.login),
            admin=sql.Identifier(shop.worker.admin),
            role=sql.Identifier(role),
            mallory=sql.Identifier(mallory),
        )
        holder.execute(replaced)
    # As if the function had been there before: a migration that runs as the owner makes it so.
    shop.dba("create event trigger audit on ddl_command_end execute function shop.audit()")
    failures = [shop.fail(kept), shop.refusal(_on_objects(shop))]
    assert shop.roles_of(mallory) == []
    for failure in failures:
        assert failure.code == "event_trigger"
        assert "alter function shop.audit() owner to" in str(failure)
    assert not shop.can_log_in(kept.login)
    shop.dba("drop event trigger audit")
    assert shop.end(kept).login_removed
    assert shop.end(acting).login_removed
