"""Access is gone before anything is removed, on PostgreSQL 18 and 15."""

import os
import signal
from dataclasses import replace

import psycopg

from bench.trace import Step, recording
from dbaccess.domain.grant import Recipe
from dbaccess.domain.receipt import PRIMARY, SessionsSeen
from dbaccess.targets.postgresql.statement import statement
from tests.contract.postgresql.target import Target


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


def test_recorded_login_loses_its_sessions_by_the_first_statement(target: Target) -> None:
    target.cut_off(target.provision(target.ephemeral()))
    recipe = target.provision(target.ephemeral())
    assert recipe.login_identity is not None
    assert _sent_until(target, recipe, "terminate_known") == []


def test_login_that_is_looked_for_loses_its_sessions_in_the_same_transaction(target: Target) -> None:
    """Of a worker that died before it recorded the login, one look comes before that, and no commit."""
    target.cut_off(target.provision(target.ephemeral()))
    recipe = replace(target.provision(target.ephemeral()), login_identity=None)
    looks = _sent_until(target, recipe, "terminate_all")
    assert [_is(step, "logins") for step in looks] == [True]


def test_recorded_number_of_another_login_costs_it_no_session(target: Target) -> None:
    ours = target.provision(target.ephemeral())
    login, url = target.person()
    stranger = replace(ours, login_identity=target.identity_of(login))
    with psycopg.connect(url, autocommit=True) as person:
        assert not target.cut_off(stranger)
        assert person.execute("select 1").fetchall() == [(1,)]


def _sent_until(target: Target, recipe: Recipe, name: str) -> list[Step]:
    """What a kept connection sends from the begin of the session, or the last commit, to that statement."""
    with recording() as trace:
        target.cut_off(recipe)
    (sent,) = [steps for steps in trace.connections if any(_is(step, name) for step in steps)]
    number = next(number for number, step in enumerate(sent) if _is(step, name))
    began = max(number for number, step in enumerate(sent[:number]) if step is None or "reset all" in step[0])
    return sent[began + 1 : number]


def _is(step: Step, name: str) -> bool:
    return step is not None and step[0] == statement(name).as_string()
