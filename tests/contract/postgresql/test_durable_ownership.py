"""Objects that people make under a grant stay after it, and are never destroyed."""

import psycopg
import pytest

from dbaccess.domain.errors import TargetFailure
from tests.contract.postgresql.target import Target

_MADE = """
create table shop.returns (id int primary key, total numeric);
create function shop.twice(int) returns int language sql as 'select $1 * 2';
create type shop.colour as enum ('red', 'green');
"""
# A role that may not create in the schema cannot own it: the worker has no role to hand it to.
_KEPT = "create function shop.kept() returns int return 1; alter function shop.kept() owner to {login}"
_OWNERS = """
select 'table', pg_get_userbyid(relowner) from pg_class where relname = 'returns'
union all select 'function', pg_get_userbyid(proowner) from pg_proc where proname = 'twice'
union all select 'type', pg_get_userbyid(typowner) from pg_type where typname = 'colour' order by 1
"""


def _owned_by(role: str) -> list[tuple[str, str]]:
    return [("function", role), ("table", role), ("type", role)]


def test_table_function_and_type_belong_to_the_durable_role_at_once_and_after(target: Target) -> None:
    owner = target.database.owner_role
    recipe = target.provision(target.ephemeral(owner, act_as=owner))
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        assert holder.execute("select session_user, current_user").fetchone() == (recipe.login, owner)
        holder.execute(_MADE)
        assert target.look(_OWNERS) == _owned_by(owner)
        receipt = target.end(recipe)
    assert target.look(_OWNERS) == _owned_by(owner)
    assert receipt.login_removed
    assert receipt.handed_over == ()
    assert receipt.roles_removed == (owner,)


def test_holder_of_a_durable_role_can_make_nothing_in_their_own_name(target: Target) -> None:
    owner = target.database.owner_role
    recipe = target.provision(target.ephemeral(owner, act_as=owner))
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        holder.execute("set role none")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            holder.execute("create table shop.mine ()")


def test_objects_of_the_login_are_handed_over_in_every_database(target: Target) -> None:
    owner = target.database.owner_role
    recipe = target.provision(target.ephemeral(target.database.write_role, act_as=owner))
    other = f"{target.database.name}_other"
    target.dba("create database {name} owner {owner}", name=other, owner=owner)
    try:
        target.dba("grant create, usage on schema shop to {login}", login=recipe.login)
        url = target.with_password(recipe)
        with psycopg.connect(url, autocommit=True) as holder:
            holder.execute("set role none")
            holder.execute(_MADE)
            holder.execute("alter default privileges in schema shop grant select on tables to public")
        assert target.look(_OWNERS) == _owned_by(recipe.login)
        elsewhere = target.database.superuser_url.replace(target.database.name, other)
        with psycopg.connect(elsewhere, autocommit=True) as dba:
            dba.execute("create table there ()")
            dba.execute(f"alter table there owner to {recipe.login}")
            dba.execute(f"grant create on schema public to {owner}")
        receipt = target.end(recipe)
        with psycopg.connect(elsewhere) as dba:
            found = dba.execute("select pg_get_userbyid(relowner) from pg_class where relname = 'there'")
            assert found.fetchone() == (owner,)
    finally:
        target.dba("drop database {name} with (force)", name=other)
    assert target.look(_OWNERS) == _owned_by(owner)
    assert {"public.there", "shop.returns", "shop.colour", "shop.twice(integer)"} <= set(
        receipt.handed_over or ()
    )
    assert receipt.login_removed
    # The worker's role gave back what it borrowed.
    assert target.look(
        """select inherit_option, set_option from pg_auth_members
            where roleid = %s::regrole and member = %s::regrole""",
        owner,
        target.worker.admin,
    ) == [(False, False)]


def test_objects_without_a_durable_role_are_kept_and_the_login_closed(target: Target) -> None:
    recipe = target.provision(target.ephemeral(target.database.write_role))
    target.dba("grant create on schema shop to {login}", login=recipe.login)
    url = target.with_password(recipe)
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute(_MADE)
        failure = target.fail(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert failure.code == "owns_objects"
    assert target.look(_OWNERS) == _owned_by(recipe.login)
    assert target.roles_of(recipe.login) == []
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert target.fail(recipe).code == "owns_objects"  # as often as it is tried

    target.dba("reassign owned by {login} to {owner}", login=recipe.login, owner=target.database.owner_role)
    assert target.end(recipe).login_removed
    assert target.look(_OWNERS) == _owned_by(target.database.owner_role)


def test_stray_login_that_owns_something_is_kept(target: Target) -> None:
    recipe = target.provision(target.ephemeral(target.database.write_role))
    target.dba(_KEPT, login=recipe.login)
    with pytest.raises(TargetFailure) as refused:
        target.driver.drop_orphan(recipe.login, recipe.tag)
    assert refused.value.code == "owns_objects"
    assert target.look("select 1 from pg_proc where proname = 'kept'") == [(1,)]


def test_one_login_that_cannot_go_does_not_keep_the_others(target: Target) -> None:
    recipes = [target.provision(target.ephemeral(target.database.write_role)) for _ in range(3)]
    target.dba(_KEPT, login=recipes[1].login)
    outcomes = target.revoke(*recipes)
    assert [getattr(outcome, "login_removed", None) for outcome in outcomes] == [True, None, True]
    assert isinstance(outcomes[1], TargetFailure)
