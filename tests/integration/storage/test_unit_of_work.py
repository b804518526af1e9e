"""One transaction: all of it or nothing, and the queue only after it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dbaccess.ports import Job
from dbaccess.storage.dispatcher import Dispatcher
from dbaccess.storage.models.outbox import OutboxRow
from dbaccess.storage.outbox import sweep_outbox
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from dbaccess.storage.wakeup import CHANNEL
from sandbox.waiting import wait_for
from tests.databases import ControlDatabase
from tests.entering_connection import EnteringUnitOfWork
from tests.integration.storage.facts import T0, approve, event, submitted

NO_TIME = timedelta(0)


class Queue:
    """Takes jobs while it is up, and `fails_after` so many."""

    def __init__(self, *, fails_after: int | None = None) -> None:
        self.fails_after = fails_after
        self.jobs: list[tuple[Job, int, datetime | None]] = []

    def put(self, job: Job, subject: int, *, at: datetime | None = None) -> None:
        if self.fails_after is not None and len(self.jobs) >= self.fails_after:
            raise ConnectionError("down")
        self.jobs.append((job, subject, at))


class SilentQueue(Queue):
    """Keeps each caller that puts a job waiting until it `answers`."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = threading.Event()

    def put(self, job: Job, subject: int, *, at: datetime | None = None) -> None:
        self.answers.wait(30)
        super().put(job, subject, at=at)


def dispatched(engine: Engine) -> list[bool]:
    with Session(engine) as session:
        rows = session.scalars(select(OutboxRow.dispatched_at).order_by(OutboxRow.id))
        return [at is not None for at in rows]


def test_now_is_the_databases_clock_at_the_begin(bot: Engine) -> None:
    with SqlUnitOfWork(bot, None) as uow:
        first = uow._session.execute(select(func.now())).scalar_one()
        assert uow.now == first
        assert uow.now.utcoffset() == NO_TIME


def test_jobs_reach_the_queue_after_the_commit_in_order(bot: Engine) -> None:
    at = T0 + timedelta(hours=2)
    queue = Queue()
    with SqlUnitOfWork(bot, queue) as uow:
        uow.enqueue(Job.PROVISION, 1001)
        uow.enqueue(Job.REVOKE, 1001, at=at)
        uow.enqueue(Job.DIRECTORY, 1001)
        assert queue.jobs == []
        uow.commit()
    assert queue.jobs == [(Job.PROVISION, 1001, None), (Job.REVOKE, 1001, at), (Job.DIRECTORY, 1001, None)]
    assert dispatched(bot) == [True, True, True]


def test_a_commit_does_not_wait_for_the_queue_when_a_dispatcher_tells_it(bot: Engine) -> None:
    queue = SilentQueue()
    dispatcher = Dispatcher(bot, queue)
    for number in range(3):
        with SqlUnitOfWork(bot, dispatcher) as uow:
            uow.enqueue(Job.DIRECTORY, number)
            uow.commit()
    assert queue.jobs == [], "committed three times while the queue was silent"
    queue.answers.set()
    wait_for(lambda: all(dispatched(bot)))
    assert queue.jobs == [(Job.DIRECTORY, number, None) for number in range(3)]
    assert dispatched(bot) == [True, True, True]


def test_outbox_rows_survive_a_queue_that_is_down_and_are_swept(bot: Engine, worker: Engine) -> None:
    down, up = Queue(fails_after=1), Queue()
    with SqlUnitOfWork(bot, down) as uow:
        for number in range(3):
            uow.enqueue(Job.DIRECTORY, number)
        uow.commit()
    assert dispatched(bot) == [True, False, False]
    assert sweep_outbox(worker, up, older_than=timedelta(minutes=1)) == 0
    assert sweep_outbox(worker, Queue(fails_after=0), older_than=NO_TIME) == 0
    assert sweep_outbox(worker, up, older_than=NO_TIME) == 2
    assert [subject for _, subject, _ in up.jobs] == [1, 2]
    assert sweep_outbox(worker, up, older_than=NO_TIME) == 0
    assert dispatched(bot) == [True, True, True]


def test_commit_stands_when_the_queue_has_the_job_and_the_row_cannot_say_so(
    bot: Engine, control_database: ControlDatabase
) -> None:
    queue = Queue()
    with SqlUnitOfWork(bot, queue) as uow:
        uow.enqueue(Job.DIRECTORY, 7)
        with psycopg.connect(control_database.owner_url) as owner:
            owner.execute("revoke update (dispatched_at) on outbox from dbaccess_bot")
        uow.commit()
    assert [subject for _, subject, _ in queue.jobs] == [7]
    assert dispatched(bot) == [False]


def test_sweeps_at_once_share_the_work(bot: Engine, worker: Engine) -> None:
    with SqlUnitOfWork(bot, None) as uow:
        for number in range(500):
            uow.enqueue(Job.DIRECTORY, number)
        uow.commit()
    queues = [Queue() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        swept = list(pool.map(lambda queue: sweep_outbox(worker, queue, older_than=NO_TIME), queues))
    assert sum(swept) == 500
    assert sorted(subject for queue in queues for _, subject, _ in queue.jobs) == list(range(500))


def test_commit_that_leaves_work_wakes_the_reconciler(
    bot: Engine, worker: Engine, control_database: ControlDatabase
) -> None:
    with psycopg.connect(control_database.worker_url, autocommit=True) as listener:
        listener.execute(f"listen {CHANNEL}".encode())
        pending = submitted(bot)
        assert list(listener.notifies(timeout=0.1)) == []
        with EnteringUnitOfWork(bot, None) as uow:
            approve(uow, pending)
            assert list(listener.notifies(timeout=0.1)) == []
            uow.commit()
        assert len(list(listener.notifies(timeout=5, stop_after=1))) == 1
        with SqlUnitOfWork(bot, None) as uow:
            uow.enqueue(Job.DIRECTORY, 1)
            uow.commit()
        assert len(list(listener.notifies(timeout=5, stop_after=1))) == 1


def test_writer_takes_the_ledgers_lock_with_its_commit_and_not_before(worker: Engine) -> None:
    with SqlUnitOfWork(worker, None) as slow:
        slow.ledger.append([event(n=1)])
        with SqlUnitOfWork(worker, None) as uow:
            uow.record(event(n=2))
            uow.commit()
        slow.commit()
    with SqlUnitOfWork(worker, None) as uow:
        assert [entry.fields["data"] for entry in uow.ledger.entries()] == [{"n": 2}, {"n": 1}]


def test_events_of_a_transaction_that_was_given_up_are_not_in_the_next_one(worker: Engine) -> None:
    with SqlUnitOfWork(worker, None) as uow:
        uow.ledger.append([event(n=1)])
    with SqlUnitOfWork(worker, None) as uow:
        uow.enqueue(Job.DIRECTORY, 1)
        uow.commit()
    with SqlUnitOfWork(worker, None) as uow:
        assert uow.ledger.head() is None


def test_lost_connection_is_no_error_of_the_next_unit_of_work(
    worker: Engine, control_database: ControlDatabase
) -> None:
    with SqlUnitOfWork(worker, None) as uow, psycopg.connect(control_database.superuser_url) as admin:
        admin.execute(
            """select pg_terminate_backend(pid) from pg_stat_activity
                where application_name = 'test-worker' and datname = current_database()"""
        )
        with pytest.raises(DBAPIError):
            uow.grants.open()
    with SqlUnitOfWork(worker, None) as uow:
        assert uow.grants.open() == []
