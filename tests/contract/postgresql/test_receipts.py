"""A receipt is true: it tells roles by their number, and unknown from zero, on PostgreSQL 18 and 15."""

from dataclasses import replace

import psycopg
import pytest

from tests.contract.postgresql.target import Target


def test_sessions_are_closed_without_the_right_to_read_statistics(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    target.dba("revoke pg_read_all_stats from {admin}", admin=target.worker.admin)
    with psycopg.connect(url, autocommit=True) as holder:
        receipt = target.end(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert (receipt.sessions_closed, receipt.sessions_left) == (1, 0)


def test_sessions_that_the_worker_may_not_look_at_are_not_none(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    lock = target.database.superuser_url.rpartition("/")[0] + f"/{target.worker.lock_database}"
    with psycopg.connect(url), psycopg.connect(lock, autocommit=True) as dba:
        dba.execute("revoke select on pg_stat_activity from public")
        assert target.fail(recipe).code == "42501"


def test_receipt_has_objects_that_a_failed_attempt_handed_over(target: Target) -> None:
    owner = target.database.owner_role
    recipe = target.provision(target.ephemeral(target.database.write_role, act_as=owner))
    target.dba("create table shop.returns (); alter table shop.returns owner to {login}", login=recipe.login)
    with psycopg.connect(target.database.superuser_url) as dba:
        # Its objects can be handed over, and the login cannot go yet.
        dba.execute("select from pg_authid where rolname = %s for update", [recipe.login])
        target.fail(recipe)
        dba.rollback()
        dba.execute(f"grant select on shop.orders to {recipe.login}")
        assert target.fail(recipe).code == "locked"
        dba.rollback()
    assert target.end(recipe).handed_over == ("shop.returns",)


def test_login_that_lost_both_its_name_and_its_mark_ends(target: Target) -> None:
    """Its number is recorded, and the server knows that the worker made it."""
    recipe = target.provision(target.ephemeral())
    with psycopg.connect(target.with_password(recipe), autocommit=True) as holder:
        target.rename_login(recipe.login, "renamed_meanwhile")
        target.mark("renamed_meanwhile", "something else")
        assert target.end(recipe).login_removed
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert target.look("select 1 from pg_roles where rolname = 'renamed_meanwhile'") == []


def test_login_that_was_renamed_before_its_number_was_recorded_is_not_gone(target: Target) -> None:
    """Its worker died before it recorded the login; the mark is left, and that the worker made it."""
    made = target.provision(target.ephemeral())
    unrecorded = replace(made, login_identity=None)
    target.rename_login(made.login, "renamed_meanwhile")
    target.make_login("decoy", tag=made.tag)
    assert target.end(unrecorded).login_removed
    left = target.look("select rolname::text from pg_roles where rolname in ('renamed_meanwhile', 'decoy')")
    assert left == [("decoy",)]
