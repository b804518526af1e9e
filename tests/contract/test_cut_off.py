"""Access is gone before anything is removed, on PostgreSQL 18 and 15."""

import os
import signal

import psycopg
import pytest

from dbaccess.domain.receipt import PRIMARY, SessionsSeen
from tests.contract.target import Target


def test_login_made_for_a_grant_is_cut_off_and_kept(target: Target) -> None:
    recipe = target.provision(target.ephemeral())
    url = target.with_password(recipe)
    with psycopg.connect(url, autocommit=True) as holder:
        target.cut_off(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert target.look("select rolcanlogin from pg_roles where rolname = %s", recipe.login) == [(False,)]
    assert target.end(recipe).login_removed


def test_personal_login_is_cut_off_from_the_role_alone(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    with psycopg.connect(url, autocommit=True) as holder:
        target.cut_off(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    assert target.roles_of(login) == []
    psycopg.connect(url).close()
    assert target.end(recipe).roles_removed == (target.database.read_role,)


def test_receipt_tells_of_the_session_that_another_process_closed(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    with psycopg.connect(url, autocommit=True) as holder:
        target.cut_off(recipe)
        with pytest.raises(psycopg.OperationalError):
            holder.execute("select 1")
    with psycopg.connect(url, autocommit=True) as clean:
        receipt = target.in_another_process().end(recipe)
        clean.execute("select 1")
    assert receipt.sessions == (SessionsSeen(server=PRIMARY, closed=1, left=0),)


def test_what_is_not_passed_on_is_done_again(either_target: Target) -> None:
    target = either_target
    login, url = target.person()
    recipe = target.provision(target.personal(login))
    target.cut_off(recipe)
    target.done.clear()
    with psycopg.connect(url, autocommit=True) as unknown:
        assert target.end(recipe).sessions_closed == 1
        with pytest.raises(psycopg.OperationalError):
            unknown.execute("select 1")


def test_session_that_takes_its_time_to_go_is_counted_once(either_target: Target) -> None:
    target = either_target
    if target.database.version >= 16:
        recipe = target.provision(target.ephemeral())
        url = target.with_password(recipe)
    else:
        login, url = target.person()
        recipe = target.provision(target.personal(login))
    with psycopg.connect(url, autocommit=True) as holder:
        pid = holder.info.backend_pid
        os.kill(pid, signal.SIGSTOP)
        try:
            for _ in range(3):
                target.cut_off(recipe)
        finally:
            os.kill(pid, signal.SIGCONT)
        receipt = target.end(recipe)
    assert receipt.sessions == (SessionsSeen(server=PRIMARY, closed=1, left=0),)
