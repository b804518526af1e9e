"""Access is gone before anything is removed, on PostgreSQL 18 and 15."""

import os
import signal

import psycopg

from dbaccess.domain.receipt import PRIMARY, SessionsSeen
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
