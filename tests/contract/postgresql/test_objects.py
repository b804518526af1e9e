"""Privileges on single objects for a login made for one grant, on PostgreSQL 18."""

import os
import signal
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql

from dbaccess.domain.errors import LostLease, TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.domain.privileges import ObjectPrivileges
from tests.contract.postgresql.least_privilege import worker_access
from tests.contract.postgresql.target import Target, in_an_hour, nothing, target_on
from tests.databases import TargetDatabase
from tests.engines.postgresql import postgres_targets

Build = Callable[..., Target]
_ACLS = """
select c.relname, a.grantee::regrole::text from pg_class c cross join lateral aclexplode(c.relacl) a
 where a.grantee::regrole::text = %s
"""


def on(*tables: str, schemas: tuple[str, ...] = (), can: tuple[str, ...] = ("SELECT",)) -> ObjectPrivileges:
    return ObjectPrivileges(schemas=schemas, tables=tables, privileges=can)


@pytest.fixture
def build(target_database: TargetDatabase) -> Build:
    """A target on which something was made (`sql`), set up for roles on these objects."""

    def built(*objects: ObjectPrivileges, made: str = "") -> Target:
        with psycopg.connect(target_database.superuser_url, autocommit=True) as dba:
            dba.execute(sql.SQL(made or "select"))
        worker = worker_access(target_database, objects=objects)
        targets = postgres_targets({"main": worker.url}, worker.installation)
        return Target(worker=worker, driver=targets.driver("main"))

    return built


def recipe_for(target: Target, what: ObjectPrivileges, *roles: str, **changes: object) -> Recipe:
    return replace(target.ephemeral(**changes), roles=roles, on=what)  # type: ignore[arg-type]


def privileges_of(target: Target, login: str) -> list[tuple[str, str]]:
    return target.look(_ACLS, login)


def test_holder_reads_the_named_table_and_no_other(build: Build) -> None:
    what = on("shop.orders")
    target = build(what)
    drawn = recipe_for(target, what)
    made = target.driver.provision(drawn, valid_until=in_an_hour(), fence=nothing)
    assert (made.roles, made.tables) == ((), ("shop.orders",))
    recipe = replace(drawn, login_identity=made.login_identity)
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        assert holder.execute("select count(*) from shop.orders").fetchone() == (3,)
        for refused in ("select * from shop.customers", "delete from shop.orders"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                holder.execute(refused)


def test_at_the_end_the_login_is_gone_and_its_privileges_with_it(build: Build) -> None:
    what = on("shop.orders", "shop.customers", can=("SELECT", "UPDATE"))
    target = build(what)
    before = target.look(
        "select relname, relacl::text from pg_class where relname in ('orders', 'customers')"
    )
    recipe = target.provision(recipe_for(target, what, target.database.read_role))
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        receipt = target.end(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert receipt.login_removed
    assert receipt.roles_removed == (target.database.read_role,)
    assert receipt.objects_removed == (
        "SELECT, UPDATE on shop.orders",
        "SELECT, UPDATE on shop.customers",
    )
    assert target.look("select 1 from pg_roles where rolname = %s", recipe.login) == []
    after = target.look("select relname, relacl::text from pg_class where relname in ('orders', 'customers')")
    assert after == before, "nothing of others was touched"
    assert target.end(recipe).login_removed


def test_holder_cannot_give_it_on(build: Build) -> None:
    what = on("shop.orders")
    target = build(what)
    recipe = target.provision(recipe_for(target, what))
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute("grant select on shop.orders to public")
    assert target.look("select 1 from pg_class where relname = 'orders' and relacl::text ~ '[{,]=r'") == []


def test_schema_means_the_tables_that_it_has_when_the_grant_is_made(build: Build) -> None:
    what = on(schemas=("shop",))
    target = build(what)
    drawn = recipe_for(target, what)
    made = target.driver.provision(drawn, valid_until=in_an_hour(), fence=nothing)
    assert made.tables == ("shop.customers", "shop.order_items", "shop.orders")
    recipe = replace(drawn, login_identity=made.login_identity)
    target.dba("create table shop.made_later ()")
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute("select * from shop.order_items")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            holder.execute("select * from shop.made_later")
    assert target.end(recipe).objects_removed == ("SELECT on every table of shop",)


_KINDS = """
create table shop.parted (id int, day date) partition by range (day);
create table shop.parted_2026 partition of shop.parted for values from ('2026-01-01') to ('2027-01-01');
insert into shop.parted values (1, '2026-03-01');
create view shop.names as select name from shop.customers;
create materialized view shop.counted as select count(*) from shop.orders;
"""


def test_partitioned_tables_and_views_are_tables(build: Build) -> None:
    what = on("shop.parted", "shop.names", "shop.counted")
    target = build(what, made=_KINDS)
    recipe = target.provision(recipe_for(target, what))
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        assert holder.execute("select id from shop.parted").fetchone() == (1,)
        assert holder.execute("select count(*) from shop.names").fetchone() == (3,)
        assert holder.execute("select * from shop.counted").fetchone() == (3,)
        for refused in ("select * from shop.parted_2026", "select * from shop.customers"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                holder.execute(refused)
    target.end(recipe)


_SEQUENCES = """
create sequence shop.numbers;
create table shop.a (id serial, said text);
create table shop.b (id int default nextval('shop.numbers'), said text);
create table shop.c (id int generated always as identity, said text);
create sequence shop.unrelated;
"""


def test_insert_includes_the_sequences_of_default_columns(build: Build) -> None:
    what = on("shop.a", "shop.b", "shop.c", can=("INSERT",))
    target = build(what, made=_SEQUENCES)
    recipe = target.provision(recipe_for(target, what))
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        for table in ("a", "b", "c"):
            holder.execute(sql.SQL("insert into shop.{} (said) values ('x')").format(sql.Identifier(table)))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            holder.execute("select nextval('shop.unrelated')")
    assert target.end(recipe).login_removed


_HOSTILE = """
create schema "a""; drop schema shop cascade; --";
create table "a""; drop schema shop cascade; --"."Täble'; \n--" (id int);
"""


def test_hostile_names_stay_names(build: Build) -> None:
    schema, table = 'a"; drop schema shop cascade; --', "Täble'; \n--"
    what = on(f"{schema}.{table}", can=("INSERT", "SELECT"))
    target = build(what, made=_HOSTILE)
    recipe = target.provision(recipe_for(target, what))
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute(sql.SQL("select * from {}").format(sql.Identifier(schema, table)))
    assert target.end(recipe).login_removed
    assert target.look("select count(*) from shop.orders") == [(3,)]


@pytest.mark.parametrize(
    ("asked", "code", "names"),
    [
        (on("shop.nowhere"), "no_object", "shop.nowhere"),
        (on(schemas=("nowhere",)), "no_object", "the schema nowhere"),
        (on("shop.customers"), "no_grant_option", "SELECT on table shop.customers"),
        (on("shop.orders", can=("DELETE", "SELECT")), "no_grant_option", "DELETE on table shop.orders"),
        (on("shop.orders", can=("TRIGGER",)), "bad_privilege", "TRIGGER"),
        (on("pg_catalog.pg_authid"), "no_grant_option", "pg_catalog.pg_authid"),
    ],
)
def test_privilege_that_cannot_be_given_is_named_and_nothing_is_left(
    build: Build, asked: ObjectPrivileges, code: str, names: str
) -> None:
    target = build(on("shop.orders"))
    recipe = recipe_for(target, asked)
    with pytest.raises(TargetFailure) as refused:
        target.provision(recipe)
    assert (refused.value.code, refused.value.touched) == (code, False)
    assert names in str(refused.value)
    assert target.look("select 1 from pg_roles where rolname = %s", recipe.login) == []


def test_worker_that_was_set_up_for_no_objects_says_so(target: Target) -> None:
    with pytest.raises(TargetFailure, match="setup-sql") as refused:
        target.provision(recipe_for(target, on("shop.orders")))
    assert refused.value.code == "no_grant_option"


def test_sequence_is_not_a_table(build: Build) -> None:
    target = build(on("shop.orders"), made="create sequence shop.numbers")
    with pytest.raises(TargetFailure, match=r"the table shop\.numbers"):
        target.provision(recipe_for(target, on("shop.numbers")))


def test_provision_again_brings_to_the_same_state(build: Build) -> None:
    what = on("shop.orders")
    target = build(what)
    first = target.provision(recipe_for(target, what))
    held = privileges_of(target, first.login)
    again = target.provision(first)
    assert again.login_identity == first.login_identity
    assert privileges_of(target, first.login) == held


def test_later_end_leaves_the_objects_as_they_are(build: Build) -> None:
    what = on("shop.orders")
    target = build(what)
    recipe = target.provision(recipe_for(target, what))
    held = privileges_of(target, recipe.login)
    target.dba("create table shop.made_later ()")
    target.driver.extend(recipe, valid_until=in_an_hour() + timedelta(hours=1), fence=nothing)
    assert privileges_of(target, recipe.login) == held
    assert target.end(recipe).login_removed


def test_lost_fence_leaves_nothing_behind(build: Build) -> None:
    what = on("shop.orders")
    target = build(what)
    recipe = recipe_for(target, what)

    def lost() -> None:
        raise LostLease("another worker has it")

    with pytest.raises(LostLease):
        target.driver.provision(recipe, valid_until=in_an_hour(), fence=lost)
    assert target.look("select 1 from pg_roles where rolname = %s", recipe.login) == []
    assert target.look("select 1 from pg_class where relacl::text ~ 'jit_'") == []


def test_worker_holds_nothing_of_it_between_grants(build: Build) -> None:
    what = on("shop.orders")
    target = build(what)
    recipe = target.provision(recipe_for(target, what))
    url = target.worker.url.get_secret_value()
    for _ in ("while it is given", "afterwards"):
        with psycopg.connect(url.replace("/postgres", f"/{target.database.name}"), autocommit=True) as worker:
            for attempt in (
                "select * from shop.orders",
                f"set role dbaccess_objects_{target.worker.installation}",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    worker.execute(sql.SQL(attempt))
        target.end(recipe)


def test_table_that_was_dropped_or_renamed_meanwhile_keeps_nothing_alive(build: Build) -> None:
    what = on("shop.orders", "shop.order_items")
    target = build(what)
    recipe = target.provision(recipe_for(target, what))
    target.dba("drop table shop.order_items")
    target.dba("alter table shop.orders rename to sold")
    assert target.end(recipe).login_removed
    assert target.look("select 1 from pg_class where relacl::text ~ 'jit_'") == []


def test_login_with_a_durable_role_that_owns_the_tables_goes_too(build: Build) -> None:
    what = on("shop.orders")
    target = build(what)
    owner = target.database.owner_role
    recipe = target.provision(recipe_for(target, what, owner, act_as=owner))
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute("create table shop.returns ()")
    assert target.end(recipe).login_removed


def test_privilege_that_a_superuser_gave_keeps_the_login_disabled(build: Build) -> None:
    what = on("shop.orders")
    target = build(what)
    target.dba("create table shop.secrets ()")
    recipe = target.provision(recipe_for(target, what))
    target.dba("grant select on shop.secrets to {login}", login=recipe.login)
    receipt = target.end(recipe)
    assert (receipt.login_removed, receipt.sessions_left) == (False, 0)
    assert privileges_of(target, recipe.login) == [("secrets", recipe.login)], "ours is taken"
    target.dba("revoke select on shop.secrets from {login}", login=recipe.login)
    target.driver.drop_orphan(recipe.login, recipe.tag)
    assert target.driver.made_logins() == []


def test_session_that_cannot_be_closed_has_lost_the_objects_all_the_same(build: Build) -> None:
    what = on("shop.orders")
    target = build(what)
    recipe = target.provision(recipe_for(target, what))
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        target.dba("revoke pg_signal_backend from {admin}", admin=target.worker.admin)
        target.dba("alter role {login} superuser", login=recipe.login)
        target.dba("alter role {login} nosuperuser", login=recipe.login)
        assert target.fail(recipe).touched
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            holder.execute("select * from shop.orders")


def test_frozen_session_that_keeps_the_login_enabled_does_not_keep_its_objects(build: Build) -> None:
    """Like code of a library that no signal interrupts; it holds the row that disables the login."""
    what = on("shop.orders")
    target = target_on(build(what).worker, sessions=0.2)
    recipe = target.provision(recipe_for(target, what))
    url = target.with_password(recipe)
    with closing(psycopg.connect(url)) as frozen:
        frozen.execute("alter role current_user password 'another'")
        os.kill(frozen.info.backend_pid, signal.SIGSTOP)
        try:
            assert target.fail(recipe).code == "locked"
            with closing(psycopg.connect(url)) as again, pytest.raises(psycopg.errors.InsufficientPrivilege):
                again.execute("select * from shop.orders")
        finally:
            os.kill(frozen.info.backend_pid, signal.SIGCONT)
    assert target.end(recipe).login_removed
