"""A privilege that another role gave to a login never keeps its end from being proved, on PostgreSQL 18."""

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.grant import Recipe
from dbaccess.domain.receipt import NAMED, Receipt
from dbaccess.targets.postgresql.statement import statement
from tests.contract.postgresql.target import Target

# As the durable role, which the worker may give: the worker revokes these.
AS_OWNER = {
    "database": "grant connect, temporary on database {database} to {login} with grant option",
    "schema": "grant usage on schema shop to {login}",
    "table": "grant select, insert on shop.orders to {login}",
    "all tables": "grant select on all tables in schema shop to {login}",
    "column": "grant select (id), update (state) on shop.orders to {login}",
    "sequence": "create sequence shop.numbers; grant usage on sequence shop.numbers to {login}",
    "function": "create function shop.one(int) returns int return 1; "
    "grant execute on function shop.one to {login}",
    "procedure": "create procedure shop.go(out n int) language sql as 'select 1'; "
    "grant execute on procedure shop.go to {login}",
    "type": "create type shop.colour as enum ('red'); grant usage on type shop.colour to {login}",
    "large object": "select lo_create(4711); grant select on large object 4711 to {login}",
    "odd name": 'create table shop."a ""b"" %s {{}}" (); grant select on shop."a ""b"" %s {{}}" to {login}',
    "default privileges": "alter default privileges in schema shop grant select on tables to {login}",
    "policy": "create policy theirs on shop.orders to {login}",
    "policy of two": "create policy theirs on shop.orders to {login}, {third}",
}
# As others, whom the worker cannot become: the login goes all the same.
AS_SUPERUSER = {
    "policy": "create table shop.secrets (); create policy theirs on shop.secrets to {login}",
    "default privileges": "alter default privileges for role {third} grant select on tables to {login}",
    "membership": "grant {third} to {login}",
    "right to give": "grant {third} to {login} with admin true; set role {login}; grant {third} to {fourth}",
    "member": "grant {login} to {fourth}",
    "passed on": "grant select on shop.orders to {login} with grant option; "
    "set role {login}; grant select on shop.orders to {third}",
    "user mapping": "create extension postgres_fdw; "
    "create server elsewhere foreign data wrapper postgres_fdw; "
    "create user mapping for {login} server elsewhere",
}
# These keep the login, and are told by name.
KEPT = {
    "SELECT on table shop.secrets, granted by {superuser}": "create table shop.secrets (); "
    "grant select on shop.secrets to {login}",
    "SELECT on table column shop.secrets.word, granted by {superuser}": "create table shop.secrets "
    "(word text); "
    "grant select (word) on shop.secrets to {login}",
    "SELECT on table shop.orders, granted by {third}": "grant usage on schema shop to {third}; "
    "grant select on shop.orders to {third} with grant option; set role {third}; "
    "grant select on shop.orders to {login}",
    "CONNECT on database postgres, granted by {superuser}": "grant connect on database postgres to {login}",
    "CREATE on tablespace pg_default, granted by {superuser}": "grant create on tablespace "
    "pg_default to {login}",
    "SET on parameter log_statement, granted by {superuser}": "grant set on parameter "
    "log_statement to {login}",
    "USAGE on language plpgsql, granted by {superuser}": "grant usage on language plpgsql to {login}",
    "SELECT on large object 4711, granted by {superuser}": "select lo_create(4711); "
    "grant select on large object 4711 to {login}",
    "USAGE on server elsewhere, granted by {superuser}": "create extension postgres_fdw; "
    "create server elsewhere foreign data wrapper postgres_fdw; "
    "grant usage on foreign server elsewhere to {login}",
    "USAGE on foreign-data wrapper own, granted by {superuser}": "create foreign data wrapper own; "
    "grant usage on foreign data wrapper own to {login}",
}


def words(target: Target, recipe: Recipe) -> dict[str, str]:
    """Names for the statements of one test."""
    ((superuser,),) = target.look("select current_user::text")
    return {
        "login": recipe.login,
        "database": target.database.name,
        "superuser": superuser,
        "third": target.person()[0],
        "fourth": target.person()[0],
    }


def run(target: Target, statements: str, names: dict[str, str], *, role: str | None = None) -> None:
    """Run them one by one in one session, as that role."""
    with psycopg.connect(target.database.superuser_url, autocommit=True) as dba:
        if role:
            dba.execute(f"set role {role}")
        for statement in statements.format(**names).split("; "):
            dba.execute(statement.encode())


def is_gone(target: Target, recipe: Recipe) -> bool:
    return not target.look("select 1 from pg_roles where rolname = %s", recipe.login)


@pytest.mark.parametrize("what", AS_OWNER)
def test_privilege_from_a_role_that_the_worker_may_give_is_revoked(target: Target, what: str) -> None:
    recipe = target.provision(target.ephemeral())
    run(target, AS_OWNER[what], words(target, recipe), role=target.database.owner_role)
    receipt = target.end(recipe)
    assert (receipt.login_removed, receipt.left) == (True, ())
    assert is_gone(target, recipe)


@pytest.mark.parametrize("what", AS_SUPERUSER)
def test_objects_of_others_about_a_login_go_with_it(target: Target, what: str) -> None:
    recipe = target.provision(target.ephemeral())
    run(target, AS_SUPERUSER[what], words(target, recipe))
    receipt = target.end(recipe)
    assert (receipt.login_removed, receipt.left) == (True, ())
    assert is_gone(target, recipe)


@pytest.mark.parametrize("what", KEPT)
def test_login_that_others_keep_has_ended_and_the_receipt_says_by_what(target: Target, what: str) -> None:
    recipe, other = target.provision(target.ephemeral()), target.provision(target.ephemeral())
    url, names = target.with_password(recipe), words(target, recipe)
    run(target, KEPT[what], names)
    with psycopg.connect(url, autocommit=True) as holder:
        receipt, others = target.revoke(recipe, other)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert isinstance(receipt, Receipt)
    assert isinstance(others, Receipt)
    assert (receipt.login_removed, receipt.sessions_closed, receipt.sessions_left) == (False, 1, 0)
    assert receipt.left == (f"{recipe.login} is disabled, and kept by {what.format(**names)}",)
    assert others.login_removed
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert target.roles_of(recipe.login) == []
    kept = "select rolpassword from pg_authid where rolname = %s"
    assert target.look(kept, recipe.login) == [(None,)]


def test_sweep_tells_what_keeps_a_login_and_drops_it_once_nothing_does(target: Target) -> None:
    target.dba("create table shop.secrets ()")
    recipe = target.provision(target.ephemeral())
    target.dba("grant select on shop.secrets to {login}", login=recipe.login)
    assert not target.end(recipe).login_removed
    assert target.driver.made_logins() == [(recipe.login, recipe.tag)]
    with pytest.raises(TargetFailure, match="SELECT on table shop") as kept:
        target.driver.drop_orphan(recipe.login, recipe.tag)
    assert kept.value.code == "login_kept"
    target.dba("revoke select on shop.secrets from {login}", login=recipe.login)
    target.driver.drop_orphan(recipe.login, recipe.tag)
    assert is_gone(target, recipe)


def test_privilege_in_a_database_that_refuses_the_worker_is_told_as_not_looked_at(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    target.dba("create database {name}", name=f"{recipe.login}_db")
    url = target.database.superuser_url.rpartition("/")[0] + f"/{recipe.login}_db"
    with psycopg.connect(url, autocommit=True) as dba:
        dba.execute(f"revoke connect on database {recipe.login}_db from public")
        dba.execute(f"create table secrets (); grant select on secrets to {recipe.login}")
    (line,) = target.end(recipe).left
    assert f"kept by privileges in database {recipe.login}_db, where the worker may not look" in line
    target.dba("drop database {name}", name=f"{recipe.login}_db")
    target.driver.drop_orphan(recipe.login, recipe.tag)
    assert is_gone(target, recipe)


def test_receipt_names_some_of_what_keeps_a_login_and_counts_the_others(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    run(target, f"select lo_create(0) from generate_series(1, {NAMED + 7})", {})
    for (number,) in target.look("select oid::bigint from pg_largeobject_metadata"):
        target.dba(f"grant select on large object {number} to {{login}}", login=recipe.login)
    *named, others = target.end(recipe).left
    assert (len(named), others) == (NAMED, f"{recipe.login} is disabled, and kept by 7 more")


REFUSES = """
    create function public.refuse() returns event_trigger language plpgsql as $$
    begin
        if {where} then
            raise sqlstate '{code}';
        end if;
    end $$;
    create event trigger refuse on ddl_command_end execute function public.refuse()
"""


def with_tables(target: Target, tables: int) -> Recipe:
    """The durable role gives a login SELECT on so many tables."""
    recipe = target.provision(target.ephemeral())
    made = "".join(
        f"create table shop.t{n}_ (); grant select on shop.t{n}_ to {recipe.login}; " for n in range(tables)
    )
    run(target, made.removesuffix("; "), {}, role=target.database.owner_role)
    return recipe


def test_one_privilege_that_cannot_be_revoked_keeps_only_itself(target: Target) -> None:
    recipe = with_tables(target, 5)
    target.dba(REFUSES.format(where="current_query() ~ 't3_' or tg_tag = 'DROP OWNED'", code="42501"))
    (line,) = target.end(recipe).left
    owner = target.database.owner_role
    assert line == f"{recipe.login} is disabled, and kept by SELECT on table shop.t3_, granted by {owner}"


def test_no_message_revokes_more_than_a_few_hundred_privileges(target: Target) -> None:
    recipe = with_tables(target, 220)
    count = "regexp_count(current_query(), 'revoke all') > 200"
    target.dba(REFUSES.format(where=count, code="22000"))
    assert target.end(recipe).login_removed


def test_receipt_of_a_kept_login_lists_the_memberships_that_others_gave(target: Target) -> None:
    target.dba("create table shop.secrets ()")
    recipe, names = target.provision(target.ephemeral()), {"third": target.person()[0]}
    run(target, f"grant select on shop.secrets to {recipe.login}; grant {{third}} to {recipe.login}", names)
    *_, member = target.end(recipe).left
    assert member == f"{recipe.login} is disabled, and a member of {names['third']} that another role granted"
    target.dba("revoke select on shop.secrets from {login}", login=recipe.login)
    target.driver.drop_orphan(recipe.login, recipe.tag)
    assert is_gone(target, recipe)


def test_login_that_is_enabled_again_has_not_ended(target: Target) -> None:
    target.dba("create table shop.secrets ()")
    recipe = target.provision(target.ephemeral())
    target.dba("grant select on shop.secrets to {login}", login=recipe.login)
    assert not target.end(recipe).login_removed
    target.dba("alter role {login} login", login=recipe.login)
    receipt = target.end(recipe)
    assert not receipt.login_removed
    assert target.look("select rolcanlogin from pg_roles where rolname = %s", recipe.login) == [(False,)]


def test_grants_whose_logins_others_keep_delay_none_of_many(target: Target) -> None:
    target.dba("create table shop.secrets ()")
    recipes = [target.provision(target.ephemeral()) for _ in range(12)]
    for recipe in recipes[::3]:
        target.dba("grant select on shop.secrets to {login}", login=recipe.login)
    removed = [outcome.login_removed for outcome in target.revoke(*recipes) if isinstance(outcome, Receipt)]
    assert removed == [False, True, True] * 4


def test_objects_that_a_login_owns_are_not_read_as_privileges(target: Target) -> None:
    """With a million of them the transaction of each try would be idle for too long."""
    recipe = target.provision(target.ephemeral())
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute("select lo_create(0)")
    oid = target.identity_of(recipe.login)
    with psycopg.connect(target.database.superuser_url) as dba:
        found = [
            dba.execute(
                statement("foreign_privileges"), {"login": oid, "revocable": revocable, "most": None}
            ).fetchall()
            for revocable in (True, False)
        ]
    assert [len(rows) for rows in found] == [0, 1]
    target.end(recipe)
