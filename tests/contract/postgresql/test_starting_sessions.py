"""Sessions that are still starting when access ends, on PostgreSQL 18 and 15."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.contract.postgresql.hostile import (
    SlowClient,
    half_authenticated,
    started,
    starting,
    until,
    wake_starting,
)
from tests.contract.postgresql.target import Target


def test_session_that_starts_as_the_owner_never_gets_there(target: Target) -> None:
    owner = target.database.owner_role
    recipe = target.provision(target.ephemeral(owner, act_as=owner))
    slow = SlowClient(target.with_password(recipe))
    backends = started(target)
    receipt = target.end(recipe)
    assert (receipt.sessions_left, starting(target) & backends) == (0, set())
    assert slow.over() == []


def test_session_that_starts_with_the_role_of_a_person_never_gets_there(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login, target.database.write_role))
    options = f"-c role={target.database.write_role}" if target.database.version < 16 else ""
    slow = SlowClient(url, options=options)
    backends = started(target)
    target.end(recipe)
    assert not starting(target) & backends
    assert slow.over() == []


def test_session_that_starts_in_another_database_never_gets_there(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    slow = SlowClient(url.replace(f"/{target.database.name}", "/template1"))
    backends = started(target)
    target.end(recipe)
    assert not starting(target) & backends
    assert slow.over() == []


def test_cut_off_alone_ends_a_session_that_is_starting(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    slow = SlowClient(target.with_password(recipe))
    backends = started(target)
    target.cut_off(recipe)
    assert not starting(target) & backends
    assert slow.over() == []
    assert target.end(recipe).login_removed


def test_session_that_starts_slowly_and_in_time_is_closed(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    slow = SlowClient(target.with_password(recipe))
    assert started(target)

    def wakes_while_its_grant_ends() -> None:
        until(lambda: not target.can_log_in(recipe.login))
        wake_starting(target)

    with ThreadPoolExecutor(1) as pool:
        woken = pool.submit(wakes_while_its_grant_ends)
        target.end(recipe)
        woken.result()
    slow.over()
    assert target.sessions_of(recipe.login) == 0


def test_backend_that_still_authenticates_is_neither_waited_for_nor_terminated(
    either_target: Target,
) -> None:
    target = either_target
    login, _ = target.person()
    _, bystander = target.person()
    recipe = target.provision(target.personal(login))
    with half_authenticated(bystander) as client:
        assert target.end(recipe).sessions_left == 0
        client.setblocking(False)
        client.recv(1000)  # the rest of the challenge
        with pytest.raises(BlockingIOError):
            client.recv(1)


def test_bystander_that_connects_all_the_time_is_never_thrown_out(either_target: Target) -> None:
    target = either_target
    _, bystander = target.person()
    logins = [target.person()[0] for _ in range(5)]
    with psycopg.connect(bystander, autocommit=True) as session:
        for login in logins:
            target.end(target.provision(target.personal(login)))
            psycopg.connect(bystander).close()
            assert session.execute("select 1").fetchone() == (1,)
