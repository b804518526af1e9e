"""A login made for one grant, on PostgreSQL 18."""

from datetime import timedelta

import psycopg
import pytest

from bench.trace import recording
from dbaccess.domain.errors import LostLease, TargetFailure
from dbaccess.targets.postgresql.statement import statement
from tests.contract.postgresql.hostile import until
from tests.contract.postgresql.target import Target, in_an_hour


def test_login_has_no_password_until_one_is_set(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    assert target.look("select rolpassword from pg_authid where rolname = %s", recipe.login) == [(None,)]


def test_fence_leaves_nothing_behind(target: Target) -> None:
    recipe = target.ephemeral()

    def lost() -> None:
        raise LostLease("another worker has it")

    with pytest.raises(LostLease):
        target.driver.provision(recipe, valid_until=in_an_hour(), fence=lost)
    assert target.look("select 1 from pg_roles where rolname = %s", recipe.login) == []

    made = target.provision(recipe)
    with pytest.raises(LostLease):
        target.driver.set_password(made, "never to be set", fence=lost)
    assert target.look("select rolpassword from pg_authid where rolname = %s", made.login) == [(None,)]


def test_oldest_of_several_open_writes_counts(target: Target) -> None:
    recipe = target.ephemeral(target.database.write_role)
    assert target.driver.open_transaction_age(recipe) is None
    recipe, other = target.provision(recipe), target.provision(target.ephemeral(target.database.write_role))
    with (
        psycopg.connect(target.with_password(recipe)) as holder,
        psycopg.connect(target.with_password(other)) as other_session,
        psycopg.connect(target.with_password(recipe)) as later,
    ):
        other_session.execute("delete from shop.order_items")
        other_session.rollback()
        other_session.execute("delete from shop.order_items where false")
        holder.execute("select count(*) from shop.order_items")
        assert target.driver.open_transaction_age(recipe) is None
        # So long before the other that a wrong choice shows.
        until(lambda: _age(target, holder) >= timedelta(seconds=0.5))
        holder.execute("update shop.orders set id = id")
        later.execute("delete from shop.order_items")
        before = _age(target, holder)
        open_for = target.driver.open_transaction_age(recipe)
        assert open_for is not None
        assert before <= open_for <= _age(target, holder)
        holder.rollback()
        later.commit()
        assert target.driver.open_transaction_age(recipe) is None


def _age(target: Target, session: psycopg.Connection) -> timedelta:
    """How long its transaction has been open, by the server's clock."""
    query = "select clock_timestamp() - xact_start from pg_stat_activity where pid = %s"
    age: timedelta = target.look(query, session.info.backend_pid)[0][0]
    return age


def test_role_without_pg_read_all_stats_sees_no_open_transaction(target: Target) -> None:
    recipe = target.provision(target.ephemeral(target.database.write_role))
    target.dba("revoke pg_read_all_stats from {admin}", admin=target.worker.admin)
    with psycopg.connect(target.with_password(recipe)) as holder:
        holder.execute("delete from shop.order_items")
        assert target.driver.open_transaction_age(recipe) is None
        with pytest.raises(TargetFailure, match="may not see the sessions"):
            target.driver.open_sessions([recipe])
        target.dba("grant pg_read_all_stats to {admin} with inherit true", admin=target.worker.admin)
        assert target.driver.open_sessions([recipe])[recipe.grant_id].count == 1
        assert target.driver.open_transaction_age(recipe) is not None


def test_login_is_made_within_twelve_answers_of_the_server(target: Target) -> None:
    """A person waits for each, and other grants wait for the lock that it is made under."""
    target.provision(target.ephemeral())
    with recording() as trace:
        target.provision(target.ephemeral())
    (sent,) = trace.connections
    lock = statement("lock").as_string()
    locked = next(number for number, step in enumerate(sent) if step is not None and lock in step[0])
    assert len(sent[locked : sent.index(None, locked) + 1]) <= 12, sent[locked:]
