"""The cluster's lock is free again within seconds, wherever its owner stops or hangs."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.synchronize import Event
from typing import Any

import pytest
from psycopg import sql
from pydantic import SecretStr

from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.lock_wait import _ANSWER_SECONDS, LockWait
from dbaccess.targets.postgresql.timeouts import Timeouts
from dbaccess.targets.postgresql.transaction import Session
from sandbox.waiting import PATIENCE
from tests.contract.postgresql.hostile import at_once
from tests.contract.postgresql.target import Target
from tests.relay import Relay, relay

BOUND = 5.0
"""Seconds for which a process of ours may hold what an end needs."""

BRIEF = {"stall": 0.2, "held": 0.6}
LONG_WORK = sql.SQL("select pg_sleep(600)")
NOTHING = sql.SQL("select")

Work = Callable[[Session], object]


def cluster(target: Target, **timeouts: Any) -> Cluster:
    worker = target.worker
    return Cluster(
        name="main", url=worker.url, timeouts=Timeouts(**timeouts), lock_database=worker.lock_database
    )


def places(target: Target) -> list[str]:
    """The lock database, with one session for lock and work, and another database, with one for each."""
    return [target.worker.lock_database, target.database.name]


def takes_the_lock(target: Target) -> None:
    """Another worker takes it, and would wait for minutes."""
    patient = cluster(target, lock=PATIENCE, statement=2 * PATIENCE, answer=2 * PATIENCE)
    patient.locked(lambda opened: opened.rows(NOTHING))


def giving(target: Target, login: str) -> Work:
    """Work that gives the person a role."""
    role = sql.Identifier(target.database.read_role)
    return lambda opened: opened.rows(sql.SQL("grant {} to {}").format(role, sql.Identifier(login)))


def test_work_that_hangs_in_a_live_process_loses_the_lock_and_commits_nothing(either_target: Target) -> None:
    login, _ = either_target.person()
    give = giving(either_target, login)
    for place in places(either_target):
        hangs, freed = threading.Event(), threading.Event()

        def hang(opened: Session, hangs: threading.Event = hangs, freed: threading.Event = freed) -> None:
            give(opened)
            hangs.set()
            freed.wait(2 * PATIENCE)

        with ThreadPoolExecutor(1) as pool:
            late = pool.submit(cluster(either_target, **BRIEF).locked_in, place, hang)
            try:
                assert hangs.wait(PATIENCE)
                takes_the_lock(either_target)
            finally:
                freed.set()
            with pytest.raises(TargetFailure) as failure:
                late.result(PATIENCE)
        assert not failure.value.touched
        assert either_target.roles_of(login) == []


def test_work_that_goes_on_for_too_long_loses_the_lock_and_commits_nothing(either_target: Target) -> None:
    """It is never idle, so that nothing but its own limit ends it."""
    login, _ = either_target.person()
    give = giving(either_target, login)
    freed = threading.Event()

    def goes_on(opened: Session) -> None:
        give(opened)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(takes_the_lock, either_target).add_done_callback(lambda _: freed.set())
            while not freed.is_set():
                opened.rows(sql.SQL("select pg_sleep(0.01)"))

    with pytest.raises(TargetFailure) as failure:
        cluster(either_target, **BRIEF).locked_in(either_target.database.name, goes_on)
    assert not failure.value.touched
    assert freed.is_set()
    assert either_target.roles_of(login) == []


def test_statement_that_takes_too_long_under_the_lock_is_ended(either_target: Target) -> None:
    for place in places(either_target):
        with pytest.raises(TargetFailure) as failure:
            cluster(either_target, **BRIEF).locked_in(place, lambda opened: opened.rows(LONG_WORK))
        assert failure.value.code in {"57014", "25P04"}
        takes_the_lock(either_target)


def test_work_that_takes_longer_than_a_stall_keeps_the_lock(either_target: Target) -> None:
    """A statement that runs is no stall."""
    work = sql.SQL("select pg_sleep(0.5)")
    for place in places(either_target):
        cluster(either_target, stall=0.2, held=4.0).locked_in(place, lambda opened: opened.rows(work))


def work_for_long(target: Target, place: str, begun: Event, stop: str) -> None:
    """Stop with a statement under way, or between two."""

    def work(opened: Session) -> None:
        if stop == "between statements":
            os.kill(os.getpid(), signal.SIGSTOP)
        begun.set()
        opened.rows(LONG_WORK)

    cluster(target, **BRIEF).locked_in(place, work)


@pytest.mark.parametrize("stop", ["between statements", "in a statement"])
def test_stopped_process_loses_the_lock(either_target: Target, stop: str) -> None:
    context = multiprocessing.get_context("fork")
    for place in places(either_target):
        begun = context.Event()
        process = context.Process(target=work_for_long, args=(either_target, place, begun, stop))
        process.start()
        try:
            assert process.pid is not None
            if stop == "in a statement":
                assert begun.wait(PATIENCE)
                os.kill(process.pid, signal.SIGSTOP)
            else:
                _, status = os.waitpid(process.pid, os.WUNTRACED)
                assert os.WIFSTOPPED(status)
            takes_the_lock(either_target)
        finally:
            process.kill()
            process.join()


def test_path_that_falls_silent_under_the_lock_is_noticed_once_the_lock_is_free(
    either_target: Target,
) -> None:
    """The worker would wait for minutes, and its lease with it."""
    for place in places(either_target):
        with relay(either_target.worker.url.get_secret_value()) as path:
            url = SecretStr(path.url(either_target.worker.url.get_secret_value()))
            far = replace(either_target, worker=replace(either_target.worker, url=url))

            def falls_silent(opened: Session, path: Relay = path) -> None:
                path.silence_flows()
                opened.rows(NOTHING)

            with at_once(), pytest.raises(TargetFailure) as failure:
                cluster(far, answer=2 * PATIENCE, **BRIEF).locked_in(place, falls_silent)
        assert (failure.value.code, failure.value.touched) == ("no_answer", False)


def test_path_that_falls_silent_while_nothing_is_locked_is_noticed_soon(target: Target) -> None:
    """Work in other databases may be long, and is waited for."""
    with relay(target.worker.url.get_secret_value()) as path:
        url = SecretStr(path.url(target.worker.url.get_secret_value()))
        far = cluster(replace(target, worker=replace(target.worker, url=url)), answer=2 * PATIENCE, **BRIEF)
        with far.session() as opened:
            path.silence_flows()
            with at_once(), pytest.raises(TargetFailure) as failure:
                opened.at_once(NOTHING)
        assert failure.value.code == "no_answer"
        with far.session(target.database.name) as elsewhere:
            elsewhere.rows(sql.SQL("select pg_sleep(1.5)"))


def limits(opened: Session) -> dict[str, int]:
    """The session's limits in milliseconds, as the server has them; 0 is none."""
    names = [
        "idle_in_transaction_session_timeout",
        "lock_timeout",
        "statement_timeout",
        "transaction_timeout",
    ]
    found = opened.rows(
        sql.SQL("select name, setting from pg_catalog.pg_settings where name = any(%s)"), [names]
    )
    return {name: int(setting) for name, setting in found}


def test_server_has_the_limits_of_each_session_under_the_lock(
    either_target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, seen = LockWait.take, []

    def noted(wait: LockWait, opened: Session) -> None:
        take(wait, opened)
        seen.append(limits(opened))

    monkeypatch.setattr(LockWait, "take", noted)
    for place in places(either_target):
        cluster(either_target).locked_in(place, lambda opened: seen.append(limits(opened)))
    both, same, lock, work = seen
    assert both == same
    idle = [one["idle_in_transaction_session_timeout"] for one in (both, work, lock)]
    assert idle == [3000, 3000, 4000]
    assert [one["statement_timeout"] for one in (both, same, lock, work)] == [4000, 4000, 4000, 3000]
    assert [one["lock_timeout"] for one in seen] == [100] * 4
    assert work.get("transaction_timeout", 4000) == 4000


def test_limits_are_within_the_bound_of_an_end() -> None:
    timeouts = Timeouts()
    assert 0 < timeouts.stall < timeouts.held < timeouts.held + _ANSWER_SECONDS < BOUND
