"""Access is gone before anything is removed, on PostgreSQL 18 and 15."""

import os
import signal
import threading
from contextlib import suppress
from dataclasses import replace

import psycopg

from bench.trace import Step, recording
from dbaccess.domain.grant import Recipe
from dbaccess.domain.receipt import PRIMARY, SessionsSeen
from dbaccess.targets.postgresql.statement import statement
from tests.contract.postgresql.hostile import until
from tests.contract.postgresql.target import Target


def test_session_that_takes_its_time_to_go_is_counted_once(either_target: Target) -> None:
    target = either_target
    recipe, url = _given(target)
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


def _given(target: Target) -> tuple[Recipe, str]:
    """A grant in a kind that the version has, and the URL to connect with."""
    if target.database.version >= 16:
        recipe = target.provision(target.ephemeral())
        return recipe, target.with_password(recipe)
    login, url = target.person()
    return target.provision(target.personal(login)), url


def test_parallel_workers_end_and_are_no_sessions_of_their_own(either_target: Target) -> None:
    target = either_target
    recipe, url = _given(target)
    always = "debug_parallel_query" if target.database.version >= 16 else "force_parallel_mode"
    workers = "select pid from pg_stat_activity where usename = %s and leader_pid is not null"

    def work(holder: psycopg.Connection) -> None:
        with suppress(psycopg.OperationalError):
            holder.execute("select pg_sleep(600)")

    with psycopg.connect(url, autocommit=True, options=f"-c {always}=on") as holder:
        working = threading.Thread(target=work, args=[holder])
        working.start()
        until(lambda: target.look(workers, recipe.login))
        receipt = target.end(recipe)
        working.join()
        until(lambda: not target.look(workers, recipe.login))
    assert receipt.sessions == (SessionsSeen(server=PRIMARY, closed=1, left=0),)


def test_recorded_login_loses_its_sessions_by_the_first_statement(target: Target) -> None:
    target.cut_off(target.provision(target.ephemeral()))
    recipe = target.provision(target.ephemeral())
    assert recipe.login_identity is not None
    assert _sent_until(target, recipe, "terminate_known") == []


def test_login_that_is_looked_for_loses_its_sessions_after_one_look(target: Target) -> None:
    """A worker that died before it recorded the login costs one look more."""
    target.cut_off(target.provision(target.ephemeral()))
    recipe = replace(target.provision(target.ephemeral()), login_identity=None)
    sent = _sent(target, recipe, "terminate_all")
    terminates = next(number for number, step in enumerate(sent) if _is(step, "terminate_all"))
    assert [_is(step, "logins") for step in sent[:terminates]][-2:] == [True, False]  # and its commit
    assert not any(_is(step, "lock") for step in sent[:terminates])


def test_login_is_disabled_within_a_few_answers_of_a_distant_server(either_target: Target) -> None:
    """Each answer costs 0.3 s where the way to the server takes that long."""
    target = either_target
    if target.database.version < 16:
        login, _ = target.person()
        kinds, most = [target.personal(login), target.personal(login)], 10
    else:
        kinds, most = [target.ephemeral(), target.ephemeral()], 9
    target.cut_off(target.provision(kinds[0]))
    sent = _sent(target, target.provision(kinds[1]), "lock")
    locked = next(number for number, step in enumerate(sent) if _is(step, "lock"))
    taken = sent.index(None, locked)
    begins = 1  # psycopg begins a transaction by a statement that the trace does not show
    assert taken + 1 + begins <= most, sent[: taken + 1]


def test_recorded_number_of_another_login_costs_it_no_session(target: Target) -> None:
    ours = target.provision(target.ephemeral())
    login, url = target.person()
    stranger = replace(ours, login_identity=target.identity_of(login))
    with psycopg.connect(url, autocommit=True) as person:
        assert not target.cut_off(stranger)
        assert person.execute("select 1").fetchall() == [(1,)]


def _sent_until(target: Target, recipe: Recipe, name: str) -> list[Step]:
    """The statements that a kept connection sends from its begin, or the last commit, to that statement."""
    sent = _sent(target, recipe, name)
    number = next(number for number, step in enumerate(sent) if _is(step, name))
    began = max(number for number, step in enumerate(sent[:number]) if step is None or "reset all" in step[0])
    return sent[began + 1 : number]


def _sent(target: Target, recipe: Recipe, name: str) -> list[Step]:
    """The statements of the cut-off on the connection on which it sends that statement."""
    with recording() as trace:
        target.cut_off(recipe)
    (sent,) = [steps for steps in trace.connections if any(_is(step, name) for step in steps)]
    return sent


def _is(step: Step, name: str) -> bool:
    return step is not None and statement(name).as_string() in step[0]
