"""A login made for one grant, on PostgreSQL 18."""

import time
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from dbaccess.domain.errors import LostLease, TargetFailure
from dbaccess.domain.grant import Recipe
from tests.contract.target import Target, in_an_hour, nothing


def test_holder_connects_with_the_password_and_reads_a_row(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    with psycopg.connect(target.with_password(recipe)) as holder:
        assert holder.execute("select name from shop.customers where id = 1").fetchone() == ("Ada Holm",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            holder.execute("delete from shop.order_items")


def test_login_has_no_password_until_one_is_set(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    assert target.look("select rolpassword from pg_authid where rolname = %s", recipe.login) == [(None,)]


def test_open_session_dies_and_no_new_one_is_let_in(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    url = target.with_password(recipe)
    with psycopg.connect(url, autocommit=True) as holder:
        holder.execute("select 1")
        receipt = target.end(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert receipt.login_removed is True
    assert receipt.sessions_closed == 1
    assert receipt.sessions_left == 0
    assert receipt.roles_removed == (target.database.read_role,)
    assert receipt.roles_kept == ()
    assert receipt.handed_over == ()
    assert target.look("select 1 from pg_roles where rolname = %s", recipe.login) == []


def test_provision_again_brings_to_the_same_state(target: Target) -> None:
    first = target.provision(target.ephemeral())
    url = target.with_password(first)
    target.dba("alter role {login} nologin", login=first.login)
    again = target.provision(first)
    assert again.login_identity == first.login_identity
    with psycopg.connect(url) as holder:
        assert holder.execute("select count(*) from shop.orders").fetchone() == (3,)


def test_revoke_again_and_revoke_of_what_was_never_made_give_a_receipt(target: Target) -> None:
    never = target.end(target.ephemeral())
    assert (never.login_removed, never.sessions_closed) == (True, 0)
    recipe = target.provision(target.ephemeral())
    assert target.end(recipe).login_removed
    assert target.end(recipe).login_removed


def test_a_new_password_replaces_the_last_one_and_keeps_the_session(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    first = target.with_password(recipe)
    with psycopg.connect(first, autocommit=True) as holder:
        second = target.with_password(recipe)
        assert holder.execute("select 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(first)
    psycopg.connect(second).close()


def test_fence_leaves_nothing_behind(target: Target) -> None:
    recipe = target.ephemeral()

    def lost() -> None:
        raise LostLease("another worker has it")

    with pytest.raises(LostLease):
        target.driver.provision(recipe, valid_until=in_an_hour(), fence=lost)
    assert target.look("select 1 from pg_roles where rolname = %s", recipe.login) == []

    made = target.provision(recipe)
    verifier = target.driver.verifier(made, "never to be set")
    with pytest.raises(LostLease):
        target.driver.set_password(made, verifier, fence=lost)
    assert target.look("select rolpassword from pg_authid where rolname = %s", made.login) == [(None,)]


def _almost(target: Target, made: Recipe) -> dict[str, Recipe]:
    return {
        "tag": replace(made, tag=f"dbaccess:{target.worker.installation}:grant:999999"),
        "identity": replace(made, login_identity="1"),
        "name": replace(made, login=f"{made.login}x"),
        "tag without a known identity": replace(made, login_identity=None, tag=f"{made.tag}9"),
        "name and tag": replace(made, login=f"{made.login}x", tag=f"{made.tag}9"),
    }


@pytest.mark.parametrize("change", ["tag", "identity", "name"])
def test_nothing_is_given_to_a_login_that_is_not_quite_this_grants(target: Target, change: str) -> None:
    made = target.provision(target.ephemeral())
    with pytest.raises(TargetFailure, match="left alone") as refused:
        target.driver.provision(_almost(target, made)[change], valid_until=in_an_hour(), fence=nothing)
    assert not refused.value.touched
    target.end(made)


@pytest.mark.parametrize("change", ["identity", "tag without a known identity", "name and tag"])
def test_login_that_cannot_be_told_from_another_is_left_alone(target: Target, change: str) -> None:
    made = target.provision(target.ephemeral())
    assert target.fail(_almost(target, made)[change]).code == "foreign_login"
    assert target.roles_of(made.login) == [target.database.read_role]
    assert target.look("select rolcanlogin from pg_roles where rolname = %s", made.login) == [(True,)]
    target.end(made)


def test_login_of_another_installation_is_never_touched(target: Target) -> None:
    recipe = target.ephemeral(tag="dbaccess:other:grant:1")
    target.dba("create role {login} login", login=recipe.login)
    target.dba("comment on role {login} is 'dbaccess:other:grant:1'", login=recipe.login)
    with pytest.raises(TargetFailure):
        target.provision(recipe)
    with pytest.raises(TargetFailure):
        target.driver.drop_stray(recipe.login, recipe.tag)
    assert target.fail(recipe).code == "foreign_login"
    assert target.driver.made_logins() == []
    assert target.look("select rolcanlogin from pg_roles where rolname = %s", recipe.login) == [(True,)]


def test_stray_login_is_found_and_dropped_with_its_session(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    assert target.driver.made_logins() == [(recipe.login, recipe.tag)]
    with psycopg.connect(target.with_password(recipe)):
        with pytest.raises(TargetFailure):
            target.driver.drop_stray(recipe.login, f"{recipe.tag}0")
        target.driver.drop_stray(recipe.login, recipe.tag)
        assert target.sessions_of(recipe.login) == 0
    assert target.driver.made_logins() == []


def test_only_a_transaction_that_has_written_is_an_open_write(target: Target) -> None:
    recipe = target.ephemeral(target.database.write_role)
    assert target.driver.open_transaction_age(recipe) is None
    recipe, other = target.provision(recipe), target.provision(target.ephemeral(target.database.write_role))
    with (
        psycopg.connect(target.with_password(recipe)) as holder,
        psycopg.connect(target.with_password(other)) as somebody,
        psycopg.connect(target.with_password(recipe)) as later,
    ):
        somebody.execute("delete from shop.order_items")
        somebody.rollback()
        somebody.execute("delete from shop.order_items where false")
        holder.execute("select count(*) from shop.order_items")
        assert target.driver.open_transaction_age(recipe) is None
        time.sleep(0.5)
        holder.execute("update shop.orders set id = id")
        later.execute("delete from shop.order_items")
        open_for = target.driver.open_transaction_age(recipe)
        assert open_for is not None
        assert timedelta(seconds=0.5) <= open_for < timedelta(seconds=30)
        holder.rollback()
        later.commit()
        assert target.driver.open_transaction_age(recipe) is None


def test_who_may_not_see_what_others_do_sees_no_open_write(target: Target) -> None:
    recipe = target.provision(target.ephemeral(target.database.write_role))
    target.dba("revoke pg_read_all_stats from {admin}", admin=target.worker.admin)
    with psycopg.connect(target.with_password(recipe)) as holder:
        holder.execute("delete from shop.order_items")
        assert target.driver.open_transaction_age(recipe) is None
        target.dba("grant pg_read_all_stats to {admin} with inherit true", admin=target.worker.admin)
        assert target.driver.open_transaction_age(recipe) is not None


def test_other_cluster_behind_the_url_is_noticed(target: Target) -> None:
    recipe = target.ephemeral(cluster_identity="1")
    with pytest.raises(TargetFailure) as refused:
        target.provision(recipe)
    assert (refused.value.code, refused.value.touched) == ("other_cluster", False)
    with pytest.raises(TargetFailure, match="another server"):
        target.driver.open_transaction_age(recipe)
    assert target.fail(recipe).code == "other_cluster"
