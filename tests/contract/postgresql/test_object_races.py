"""Several at once on the same objects, and a worker that stalls while it gives them."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from dbaccess.domain.errors import LostLease, TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.domain.receipt import Receipt
from dbaccess.targets.postgresql import object_grants
from dbaccess.targets.postgresql import revoke as revocation
from dbaccess.targets.postgresql.timeouts import Timeouts
from dbaccess.targets.postgresql.transaction import Session
from sandbox.waiting import PATIENCE
from tests.contract.postgresql.hostile import LONG, at_once, dba_is_in_the_middle_of, until
from tests.contract.postgresql.target import Target, in_an_hour, nothing, target_on
from tests.databases import PostgresServer
from tests.engines.postgresql import postgres_targets
from tests.kept_targets import KeptTargets

EVERY = ObjectPrivileges(schemas=("shop",), tables=(), privileges=("INSERT", "SELECT"))
_LEFT = "select relname from pg_class where relacl::text ~ 'jit_'"


@pytest.fixture
def shop(kept_targets: KeptTargets, target_postgres: PostgresServer) -> Iterator[Target]:
    with kept_targets.lend(target_postgres, [EVERY]) as worker:
        yield target_on(worker)


def _recipe(target: Target) -> Recipe:
    return replace(target.ephemeral(), roles=(), on=EVERY)


def test_grants_and_ends_on_the_same_tables_at_once_all_succeed(shop: Target) -> None:
    with ThreadPoolExecutor(6) as pool:
        first = list(pool.map(shop.provision, [_recipe(shop) for _ in range(6)]))
        ends = [pool.submit(shop.end, recipe) for recipe in first]
        second = list(pool.map(shop.provision, [_recipe(shop) for _ in range(6)]))
        assert all(end.result().login_removed for end in ends)
    outcomes = shop.revoke(*second)
    assert all(isinstance(outcome, Receipt) and outcome.login_removed for outcome in outcomes)
    assert shop.look(_LEFT) == []


def test_dba_who_grants_on_the_same_tables_meanwhile_is_no_failure(shop: Target) -> None:
    stop = threading.Event()

    def administer() -> int:
        done = 0
        with psycopg.connect(shop.database.superuser_url, autocommit=True) as dba:
            while not stop.is_set():
                # Tuple concurrently updated, or a deadlock: theirs to repeat as it is ours.
                with suppress(psycopg.errors.InternalError, psycopg.errors.DeadlockDetected):
                    dba.execute("grant select on all tables in schema shop to public")
                    dba.execute("revoke select on all tables in schema shop from public")
                    done += 1
                stop.wait(0.05)
        return done

    with ThreadPoolExecutor(1) as pool:
        dba = pool.submit(administer)
        try:
            for _ in range(10):
                assert shop.end(shop.provision(_recipe(shop))).login_removed
        finally:
            stop.set()
        assert dba.result() > 0
    assert shop.look(_LEFT) == []


def test_late_grant_leaves_neither_login_nor_privilege(shop: Target) -> None:
    recipe = _recipe(shop)
    stalled, ended = threading.Event(), threading.Event()

    def stall() -> None:
        stalled.set()
        ended.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(shop.driver.provision, recipe, valid_until=in_an_hour(), fence=stall)
        try:
            assert stalled.wait(PATIENCE)
            shop.end(recipe)
        finally:
            ended.set()
        with pytest.raises(TargetFailure) as failure:
            late.result(PATIENCE)
    assert (failure.value.code, failure.value.touched) == ("25P03", False)
    assert shop.look("select 1 from pg_roles where rolname = %s", recipe.login) == []
    assert shop.look(_LEFT) == []


def test_grant_whose_lock_was_lost_is_not_committed(shop: Target) -> None:
    recipe = _recipe(shop)

    held = """from pg_locks l join pg_database d on d.oid = l.database
               where l.locktype = 'advisory' and l.granted and d.datname = %s"""

    def lose_the_lock() -> None:
        shop.look(f"select pg_terminate_backend(l.pid) {held}", shop.worker.lock_database)
        until(lambda: not shop.look(f"select l.pid {held}", shop.worker.lock_database))

    with pytest.raises(TargetFailure, match="cluster's lock") as failure:
        shop.driver.provision(recipe, valid_until=in_an_hour(), fence=lose_the_lock)
    assert not failure.value.touched
    assert shop.look("select 1 from pg_roles where rolname = %s", recipe.login) == []


def test_objects_are_taken_in_parts_and_the_lock_is_free_in_between(
    shop: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are, each hold of the cluster's lock is short."""
    parts: list[bool] = []
    take = object_grants.take_objects

    def noted(opened: Session, **given: Any) -> bool:
        parts.append(take(opened, **given))
        return parts[-1]

    monkeypatch.setattr(object_grants, "_AT_ONCE", 2)
    monkeypatch.setattr(revocation, "take_objects", noted)
    assert shop.end(shop.provision(_recipe(shop))).objects_removed
    assert False in parts
    assert parts[-1]
    assert shop.look(_LEFT) == []


def test_objects_are_given_in_parts_to_a_disabled_login(
    shop: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are, each hold of the cluster's lock is short. The login gets in after the last."""
    monkeypatch.setattr(object_grants, "_AT_ONCE", 2)
    recipe = _recipe(shop)
    seen: list[list[tuple[bool]]] = []

    def look() -> None:
        seen.append(shop.look("select rolcanlogin from pg_roles where rolname = %s", recipe.login))

    made = shop.driver.provision(recipe, valid_until=in_an_hour(), fence=look)
    assert seen == [[], *[[(False,)]] * (len(seen) - 1)]
    assert len(seen) > 1
    assert set(made.tables) == {"shop.customers", "shop.orders", "shop.order_items"}
    assert shop.can_log_in(recipe.login)
    assert shop.end(replace(recipe, login_identity=made.login_identity)).login_removed
    assert shop.look(_LEFT) == []


@pytest.mark.parametrize("goes_on", [True, False], ids=["goes on", "ends"])
def test_worker_that_lost_its_lease_between_two_parts_leaves_a_disabled_login(
    shop: Target, monkeypatch: pytest.MonkeyPatch, *, goes_on: bool
) -> None:
    monkeypatch.setattr(object_grants, "_AT_ONCE", 2)
    recipe = _recipe(shop)

    def lost() -> None:
        if shop.look("select from pg_roles where rolname = %s", recipe.login):
            raise LostLease("another worker has it")

    with pytest.raises(LostLease):
        shop.driver.provision(recipe, valid_until=in_an_hour(), fence=lost)
    assert not shop.can_log_in(recipe.login)
    if goes_on:
        shop.provision(recipe)
        assert shop.can_log_in(recipe.login)
    assert shop.end(recipe).login_removed
    assert shop.look(_LEFT) == []


def test_table_made_between_two_grants_is_in_the_second_alone(shop: Target) -> None:
    first = shop.provision(_recipe(shop))
    shop.dba("create table shop.returns ()")
    shop.dba(
        "grant insert, select on shop.returns to {holder} with grant option",
        holder=f"dbaccess_objects_{shop.worker.installation}",
    )
    second = _recipe(shop)
    made = shop.driver.provision(second, valid_until=in_an_hour(), fence=nothing)
    assert "shop.returns" in made.tables
    assert (
        shop.look("select 1 from pg_class where relname = 'returns' and relacl::text ~ %s", first.login) == []
    )
    outcomes = shop.revoke(first, replace(second, login_identity=made.login_identity))
    assert all(isinstance(outcome, Receipt) for outcome in outcomes)


def test_dba_who_alters_a_granted_table_keeps_no_access_open_and_delays_no_other(shop: Target) -> None:
    held, other = shop.provision(_recipe(shop)), shop.provision(shop.ephemeral())
    url = shop.with_password(held)
    long = postgres_targets({"main": shop.worker.url}, shop.installation, timeouts=Timeouts(**LONG))
    altering = "alter table shop.orders add column noted text"
    with psycopg.connect(url, autocommit=True) as holder, dba_is_in_the_middle_of(shop, altering):
        with at_once():
            failure, receipt = replace(shop, driver=long.driver("main")).revoke(held, other)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url)
    assert (getattr(failure, "code", None), isinstance(receipt, Receipt)) == ("locked", True)
    assert shop.end(held).login_removed
    assert shop.look(_LEFT) == []
