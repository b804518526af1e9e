"""Access is gone before anything is removed, on PostgreSQL 18 and 15."""

import os
import signal

import psycopg

from bench.trace import Step, recording
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


def test_sessions_end_in_the_transaction_that_finds_their_logins(target: Target) -> None:
    """With a connection that is kept, two statements come before the end of the session, and no commit."""
    target.cut_off(target.provision(target.ephemeral()))
    with recording() as trace:
        target.cut_off(target.provision(target.ephemeral()))
    (sent,) = [steps for steps in trace.connections if any(_is(step, "terminate_all") for step in steps)]
    number = next(number for number, step in enumerate(sent) if _is(step, "terminate_all"))
    began = max(number for number, step in enumerate(sent[:number]) if step is None or "reset all" in step[0])
    assert [_is(step, "logins") for step in sent[began + 1 : number]] == [True]


def _is(step: Step, name: str) -> bool:
    return step is not None and step[0] == statement(name).as_string()
