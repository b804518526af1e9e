"""One leader, for as long as its connection lives."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import Engine

from dbaccess.ports import Job
from dbaccess.storage.leader import Leader
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from dbaccess.storage.wakeup import LostConnection
from sandbox.waiting import PATIENCE
from tests.databases import ControlDatabase


def test_second_leader_waits_until_the_first_is_gone(control_database: ControlDatabase) -> None:
    def lead() -> float:
        with Leader(control_database.worker_url):
            return time.monotonic()

    with ThreadPoolExecutor(1) as pool:
        with Leader(control_database.worker_url):
            other = pool.submit(lead)
            with pytest.raises(TimeoutError):
                other.result(timeout=1)
            gone_at = time.monotonic()
        assert other.result(PATIENCE) >= gone_at


def test_leader_is_woken_by_a_commit_and_else_by_the_clock(
    bot: Engine, control_database: ControlDatabase
) -> None:
    with Leader(control_database.worker_url) as leader:
        assert leader.wait(0.05) is False
        with SqlUnitOfWork(bot, None) as uow:
            uow.enqueue(Job.DIRECTORY, 1)
            uow.commit()
        assert leader.wait(PATIENCE) is True  # False is the clock


def test_leader_whose_connection_is_cut_knows_it(control_database: ControlDatabase) -> None:
    with Leader(control_database.worker_url) as leader:
        with psycopg.connect(control_database.superuser_url) as admin:
            admin.execute(
                """select pg_terminate_backend(pid) from pg_stat_activity
                    where application_name = 'dbaccess-leader' and datname = current_database()"""
            )
        with pytest.raises(LostConnection):
            leader.wait(PATIENCE)
