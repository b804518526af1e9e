"""A later end on the target: PostgreSQL 18 for logins made for a grant, 18 and 15 for people's own."""

from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest

from dbaccess.domain.errors import LostLease, TargetFailure
from tests.contract.target import Target, in_an_hour, nothing


def _end_of(target: Target, login: str) -> datetime:
    end: datetime = target.look("select rolvaliduntil from pg_roles where rolname = %s", login)[0][0]
    return end


def test_login_gets_the_later_end_and_keeps_its_session_and_password(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    url = target.with_password(recipe)
    later = in_an_hour() + timedelta(hours=2)
    with psycopg.connect(url, autocommit=True) as holder:
        target.driver.extend(recipe, valid_until=later, fence=nothing)
        assert holder.execute("select count(*) from shop.orders").fetchone() == (3,)
    psycopg.connect(url).close()
    assert _end_of(target, recipe.login) == later
    assert target.look("select oid::text from pg_roles where rolname = %s", recipe.login) == [
        (recipe.login_identity,)
    ]


def test_login_whose_end_was_over_lets_in_again_until_the_later_one(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    url = target.with_password(recipe)
    target.dba("alter role {login} valid until 'yesterday'", login=recipe.login)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    target.driver.extend(recipe, valid_until=in_an_hour(), fence=nothing)
    psycopg.connect(url).close()


def test_extending_again_to_the_same_end_changes_nothing(either_target: Target) -> None:
    login = either_target.person()[0] if either_target.database.version < 16 else None
    drawn = either_target.personal(login) if login else either_target.ephemeral()
    recipe = either_target.provision(drawn)
    later = in_an_hour()
    for _ in range(2):
        either_target.driver.extend(recipe, valid_until=later, fence=nothing)
    assert either_target.roles_of(recipe.login) == [either_target.database.read_role]


def test_lost_fence_leaves_the_end_as_it_was(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    before = _end_of(target, recipe.login)

    def lost() -> None:
        raise LostLease("another worker has it")

    with pytest.raises(LostLease):
        target.driver.extend(recipe, valid_until=before + timedelta(hours=1), fence=lost)
    assert _end_of(target, recipe.login) == before


def test_login_that_a_revoke_closed_is_not_brought_back_by_more_time(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    target.dba("alter role {login} nologin", login=recipe.login)
    with pytest.raises(TargetFailure) as closed:
        target.driver.extend(recipe, valid_until=in_an_hour(), fence=nothing)
    target.end(recipe)
    with pytest.raises(TargetFailure) as gone:
        target.driver.extend(recipe, valid_until=in_an_hour(), fence=nothing)
    for refused in (closed, gone):
        assert (refused.value.code, refused.value.touched) == ("no_login", False)
    assert target.look("select 1 from pg_roles where rolname = %s", recipe.login) == []


def test_login_that_lost_its_role_meanwhile_is_not_extended(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    before = _end_of(target, recipe.login)
    target.dba(
        "revoke {role} from {login} granted by {admin}",
        role=target.database.read_role,
        login=recipe.login,
        admin=target.worker.admin,
    )
    with pytest.raises(TargetFailure) as refused:
        target.driver.extend(recipe, valid_until=before + timedelta(hours=1), fence=nothing)
    assert (refused.value.code, refused.value.touched) == ("read_back", False)
    assert _end_of(target, recipe.login) == before


def test_login_of_another_grant_is_never_extended(target: Target) -> None:
    made = target.provision(target.ephemeral())
    before = _end_of(target, made.login)
    stranger = replace(made, tag=f"dbaccess:{target.worker.installation}:grant:999999")
    with pytest.raises(TargetFailure) as refused:
        target.driver.extend(stranger, valid_until=before + timedelta(hours=1), fence=nothing)
    assert refused.value.code == "foreign_login"
    assert _end_of(target, made.login) == before


def test_personal_login_is_read_back_and_left_as_it_is(either_target: Target) -> None:
    login, url = either_target.person()
    recipe = either_target.provision(either_target.personal(login))
    with psycopg.connect(url, autocommit=True) as holder:
        either_target.driver.extend(recipe, valid_until=in_an_hour(), fence=nothing)
        assert holder.execute("select count(*) from shop.orders").fetchone() == (3,)
    assert either_target.look("select rolvaliduntil from pg_roles where rolname = %s", login) == [(None,)]


def test_personal_login_without_the_role_is_not_said_to_be_extended(either_target: Target) -> None:
    login, _ = either_target.person()
    recipe = either_target.provision(either_target.personal(login))
    target = either_target
    target.end(recipe)
    with pytest.raises(TargetFailure, match=target.database.read_role) as refused:
        target.driver.extend(recipe, valid_until=in_an_hour(), fence=nothing)
    assert (refused.value.code, refused.value.touched) == ("read_back", False)
    assert target.roles_of(login) == []
