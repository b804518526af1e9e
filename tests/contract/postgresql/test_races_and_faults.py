"""Two at once, and servers that go away or say nothing."""

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import ModuleType
from typing import cast

import psycopg
import pytest
from pydantic import SecretStr

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.domain.grant import Recipe
from dbaccess.domain.progress_log import ProgressLog
from dbaccess.targets.postgresql import disable_logins as withdrawal
from dbaccess.targets.postgresql import remove_logins as removal
from dbaccess.targets.postgresql.login import Login, Logins
from dbaccess.targets.postgresql.timeouts import Timeouts
from sandbox.waiting import PATIENCE
from tests.contract.postgresql.hostile import LONG, at_once, until
from tests.contract.postgresql.target import Target, in_an_hour, nothing, nothing_elsewhere
from tests.databases import PostgresServer
from tests.engines.postgresql import postgres_targets


def _late_provision(target: Target, recipe: Recipe) -> None:
    """Held open right before its commit until a revoke has returned."""
    stalled, ended = threading.Event(), threading.Event()

    def stall() -> None:
        stalled.set()
        ended.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(target.driver.provision, recipe, valid_until=in_an_hour(), fence=stall)
        try:
            assert stalled.wait(PATIENCE)
            target.end(recipe)
        finally:
            ended.set()
        with pytest.raises(TargetFailure) as failure:
            late.result(PATIENCE)
    assert (failure.value.code, failure.value.touched) == ("25P03", False)


def test_late_grant_of_a_login_leaves_nothing(target: Target) -> None:
    recipe = target.ephemeral()
    _late_provision(target, recipe)
    assert target.look("select 1 from pg_roles where rolname = %s", recipe.login) == []


def test_late_grant_to_a_person_leaves_no_membership(either_target: Target) -> None:
    login, _ = either_target.person()
    _late_provision(either_target, either_target.personal(login))
    assert either_target.roles_of(login) == []


@contextmanager
def _client_that_reconnects(url: str, written: list[float]) -> Iterator[None]:
    """Writes as fast as it can, and connects again whenever it is thrown out; notes when it succeeded."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            with suppress(psycopg.Error), psycopg.connect(url, autocommit=True, connect_timeout=5) as client:
                while not stop.is_set():
                    client.execute("update shop.orders set state = 'seen' where id = 101")
                    written.append(time.monotonic())

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)


@pytest.mark.parametrize("kind", ["ephemeral", "personal"])
def test_client_that_reconnects_writes_nothing_once_revoke_returned(target: Target, kind: str) -> None:
    if kind == "ephemeral":
        recipe = target.provision(target.ephemeral(target.database.write_role))
        url = target.with_password(recipe)
    else:
        login, url = target.person()
        recipe = target.provision(target.personal(login, target.database.write_role))
    written: list[float] = []
    with _client_that_reconnects(url, written):
        while len(written) < 20:
            time.sleep(0.01)
        target.end(recipe)
        ended = time.monotonic()
        time.sleep(1)
    assert [moment for moment in written if moment > ended] == []


def test_person_who_reconnects_on_15_writes_nothing_once_revoke_returned(target_15: Target) -> None:
    login, url = target_15.person()
    recipe = target_15.provision(target_15.personal(login, target_15.database.write_role))
    written: list[float] = []
    with _client_that_reconnects(url, written):
        while len(written) < 20:
            time.sleep(0.01)
        target_15.end(recipe)
        ended = time.monotonic()
        time.sleep(1)
    assert [moment for moment in written if moment > ended] == []


def test_target_that_is_down_is_unreachable_and_untouched(
    target: Target, target_postgres: PostgresServer
) -> None:
    made = target.provision(target.ephemeral())
    recipes = [made, target.ephemeral()]
    target_postgres.stop()
    try:
        outcomes = target.revoke(*recipes)
        with pytest.raises(TargetUnreachable) as failure:
            target.driver.provision(made, valid_until=in_an_hour(), fence=nothing)
    finally:
        target_postgres.start()
    assert not failure.value.touched
    assert [type(outcome) for outcome in outcomes] == [TargetUnreachable] * 2
    assert target.end(made).login_removed


def test_server_that_takes_a_connection_and_says_nothing_is_left_in_time(target: Target) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = SecretStr(f"postgresql://worker:secret-of-the-url@127.0.0.1:{silent.getsockname()[1]}/postgres")
        driver = postgres_targets({"main": url}, "acme", timeouts=Timeouts(connect=2)).driver("main")
        recipe = replace(target.ephemeral(), tag="dbaccess:acme:grant:1")
        with at_once():
            (outcome,) = driver.revoke([recipe], elsewhere=nothing_elsewhere, log=ProgressLog())
    assert isinstance(outcome, TargetUnreachable)
    assert "secret-of-the-url" not in repr(outcome) + str(outcome)


def test_server_that_falls_silent_later_is_left_in_time(
    target: Target, target_postgres: PostgresServer
) -> None:
    timeouts = Timeouts(**LONG | {"answer": 2.0}, connect=2)
    driver = postgres_targets(
        {"main": target.worker.url}, target.worker.installation, timeouts=timeouts
    ).driver("main")
    recipe = target.ephemeral()
    blocker = psycopg.connect(target.database.superuser_url, dbname=target.worker.lock_database)
    blocker.execute("select pg_advisory_lock(7233451031007687539)")  # the server says nothing for minutes
    try:
        with at_once(), pytest.raises(TargetFailure):
            driver.provision(recipe, valid_until=in_an_hour(), fence=nothing)
    finally:
        blocker.close()
    assert target.end(recipe).login_removed


def test_look_at_a_server_that_says_nothing_is_over_soon_and_not_repeated_at_once(target: Target) -> None:
    recipe = replace(target.ephemeral(), tag="dbaccess:acme:grant:1")
    tried = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = SecretStr(f"postgresql://worker:secret-of-the-url@127.0.0.1:{silent.getsockname()[1]}/postgres")
        driver = postgres_targets({"main": url}, "acme").driver("main")
        for _ in range(2):
            with at_once(), pytest.raises(TargetUnreachable):
                driver.open_transaction_age(recipe)
            tried.append(_connections_to(silent))
    assert tried[0] > 0
    assert tried[1] == 0


def _connections_to(silent: socket.socket) -> int:
    """How many have come since the last call."""
    silent.setblocking(False)
    for count in itertools.count():
        try:
            silent.accept()[0].close()
        except BlockingIOError:
            return count
    raise AssertionError


def test_lost_answer_to_the_commit_counts_as_touched(target: Target) -> None:
    recipe = target.ephemeral()
    ours = "from pg_stat_activity where usename = %s and state <> 'idle'"

    def cut() -> None:
        target.look(f"select pg_terminate_backend(pid) {ours}", target.worker.login)
        until(lambda: not target.look(f"select pid {ours}", target.worker.login))

    with pytest.raises(TargetFailure) as failure:
        target.driver.provision(recipe, valid_until=in_an_hour(), fence=cut)
    assert failure.value.touched
    assert target.end(recipe).login_removed


@pytest.mark.parametrize("step", [withdrawal, removal], ids=lambda module: str(module.__name__))
def test_strange_failure_at_one_login_is_its_own(
    target: Target, step: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipes = [target.provision(target.ephemeral()) for _ in range(5)]
    bad = recipes[3]
    find = step.ending_login

    def odd(recipe: Recipe, found: Logins) -> Login | None:
        if recipe == bad:
            raise UnicodeDecodeError("utf-8", b"gr\xfcn", 2, 3, "invalid start byte")
        return cast("Login | None", find(recipe, found))

    with monkeypatch.context() as broken:
        broken.setattr(step, "ending_login", odd)
        outcomes = target.revoke(*recipes)
    failed = [outcome for outcome in outcomes if isinstance(outcome, TargetFailure)]
    assert [failure.code for failure in failed] == ["unexpected"]
    assert outcomes[3] is failed[0]
    assert target.end(bad).login_removed
