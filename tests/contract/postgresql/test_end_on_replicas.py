"""An end on a cluster with a streaming replica, on PostgreSQL 18 and 15."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from pydantic import SecretStr

from dbaccess.domain.progress_log import ProgressLog
from dbaccess.domain.receipt import SessionsSeen
from tests.contract.postgresql.hostile import SlowClient, stubborn, until
from tests.contract.postgresql.replicated import REPLICA, Replicated
from tests.contract.postgresql.target import nothing_elsewhere
from tests.engines.postgresql import postgres_targets


@contextmanager
def not_replaying(target: Replicated) -> Iterator[None]:
    with psycopg.connect(target.standby.url(), autocommit=True) as dba:
        dba.execute("select pg_wal_replay_pause()")
        until(lambda: dba.execute("select pg_get_wal_replay_pause_state()").fetchone() == ("paused",))
        try:
            yield
        finally:
            dba.execute("select pg_wal_replay_resume()")


def test_session_of_an_owner_on_the_replica_ends(replicated: Replicated) -> None:
    target, owner = replicated, replicated.database.owner_role
    recipe = target.provision(target.ephemeral(owner, act_as=owner))
    url = target.on_standby(target.with_password(recipe))
    target.catch_up()
    with psycopg.connect(url, autocommit=True) as reader:
        assert reader.execute("select current_user::text").fetchone() == (owner,)
        receipt = target.end(recipe)
        with pytest.raises(psycopg.OperationalError):
            reader.execute("select count(*) from shop.orders")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert [one.server for one in receipt.sessions] == ["primary", REPLICA]
    assert receipt.sessions_left == 0
    assert receipt.sessions[1].closed == 1


def test_sessions_on_the_replica_are_counted_too(replicated: Replicated) -> None:
    target = replicated
    recipe = target.provision(target.ephemeral())
    url = target.with_password(recipe)
    target.catch_up()
    with psycopg.connect(url), psycopg.connect(target.on_standby(url)):
        assert target.driver.open_sessions([recipe])[recipe.grant_id].count == 2
    target.end(recipe)


def test_session_of_a_person_on_the_replica_ends(either_replicated: Replicated) -> None:
    target = either_replicated
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    target.catch_up()
    with psycopg.connect(target.on_standby(url), autocommit=True) as reader:
        if target.database.version < 16:
            reader.execute(f"set role {target.database.read_role}")
        receipt = target.end(recipe)
        with pytest.raises(psycopg.OperationalError):
            reader.execute("select count(*) from shop.orders")
    assert receipt.sessions[1] == SessionsSeen(server=REPLICA, closed=1, left=0)


def test_session_that_is_starting_on_the_replica_never_gets_there(either_replicated: Replicated) -> None:
    target = either_replicated
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    target.catch_up()
    slow = SlowClient(target.on_standby(url))
    with psycopg.connect(target.standby.url(), autocommit=True) as dba:
        until(
            lambda: dba.execute(
                """select 1 from pg_locks l left join pg_stat_activity a using (pid)
                    where l.locktype = 'object' and l.classid = 'pg_database'::regclass
                      and a.usesysid is null"""
            ).fetchone()
        )
    target.end(recipe)
    assert slow.over() == []


def test_replica_that_replays_late_is_no_end_and_keeps_no_session(replicated: Replicated) -> None:
    target = replicated
    recipe = target.provision(target.ephemeral())
    url = target.on_standby(target.with_password(recipe))
    target.catch_up()
    with not_replaying(target):
        with psycopg.connect(url, autocommit=True) as reader:
            failure = target.fail(recipe)
            with pytest.raises(psycopg.OperationalError):
                reader.execute("select 1")
        with psycopg.connect(url, autocommit=True) as again:  # nothing keeps it out yet
            target.cut_off(recipe)
            with pytest.raises(psycopg.OperationalError):
                again.execute("select 1")
    assert (failure.code, REPLICA in str(failure)) == ("replica_unproved", True)
    assert target.end(recipe).sessions_left == 0


def test_reader_who_comes_again_all_the_time_is_out_once_the_end_is_told(replicated: Replicated) -> None:
    target = replicated
    recipe = target.provision(target.ephemeral())
    url = target.on_standby(target.with_password(recipe))
    target.catch_up()
    with stubborn(url, "select count(*) from shop.orders"):
        assert target.end(recipe).sessions_left == 0
        look = "select 1 from pg_stat_activity where usesysid = %s"
        with psycopg.connect(target.standby.url(), autocommit=True) as dba:
            assert dba.execute(look, [recipe.login_identity]).fetchall() == []


@pytest.mark.parametrize("at", [None, "postgresql://worker:secret@127.0.0.1:1/postgres"])
def test_replica_out_of_reach_is_no_end_and_delays_nothing_on_the_primary(
    replicated: Replicated, at: str | None
) -> None:
    target, worker = replicated, replicated.worker
    recipe = target.provision(target.ephemeral())
    url = target.with_password(recipe)
    replicas = {"main": {REPLICA: SecretStr(at) if at else None}}
    driver = postgres_targets({"main": worker.url}, worker.installation, replicas=replicas).driver("main")
    with psycopg.connect(url, autocommit=True) as holder:
        (failure,) = driver.revoke([recipe], elsewhere=nothing_elsewhere, log=ProgressLog())
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert getattr(failure, "code", None) == "replica_unproved"
    assert target.look("select rolcanlogin from pg_roles where rolname = %s", recipe.login) == [(False,)]
    assert target.end(recipe).login_removed
