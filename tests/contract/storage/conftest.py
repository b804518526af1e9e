"""The control database, once on PostgreSQL and once in memory: one suite says what both do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError, InvalidRequestError

from dbaccess.domain.grant import Grant
from dbaccess.ports import JobQueue, Leases, UnitOfWork, UnitOfWorkFactory
from dbaccess.storage.leases import SessionLeases
from dbaccess.storage.unit_of_work import SqlUnitOfWork
from tests.databases import ControlDatabase
from tests.engine import build_engine
from tests.entering_connection import EnteringUnitOfWork
from tests.fakes.database import MemoryDatabase, TransactionIsOver
from tests.fakes.leases import MemoryLeases
from tests.fakes.recorded import NotRecorded
from tests.fakes.unit_of_work import EnteringMemoryUnitOfWork, MemoryUnitOfWork
from tests.integration.storage.facts import HOUR, active, now


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """`bot` and `worker` record by themselves what a test writes.

    `plainly` and `with_queue` are the bot's and record only what they are told to.
    """

    bot: UnitOfWorkFactory
    worker: UnitOfWorkFactory
    plainly: UnitOfWorkFactory
    with_queue: Callable[[JobQueue], UnitOfWork]
    leases: Leases
    is_over: type[Exception]
    is_not_recorded: type[Exception]


@pytest.fixture(params=["memory", pytest.param("sql", marks=pytest.mark.servers)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        yield memory_store()
    else:
        with sql_store(request.getfixturevalue("control_database")) as found:
            yield found


@pytest.fixture
def bot(store: Store) -> UnitOfWorkFactory:
    return store.bot


@pytest.fixture
def worker(store: Store) -> UnitOfWorkFactory:
    return store.worker


@pytest.fixture
def grant(bot: UnitOfWorkFactory, worker: UnitOfWorkFactory) -> Grant:
    """An active one of an hour."""
    return active(bot, worker, expires_at=now() + HOUR)


@pytest.fixture
def leases(store: Store) -> Leases:
    """Those of a worker's process."""
    return store.leases


def memory_store() -> Store:
    database = MemoryDatabase()
    return Store(
        bot=partial(EnteringMemoryUnitOfWork, database, "bot"),
        worker=partial(EnteringMemoryUnitOfWork, database, "worker"),
        plainly=partial(MemoryUnitOfWork, database, "bot"),
        with_queue=partial(MemoryUnitOfWork, database, "bot"),
        leases=MemoryLeases(database),
        is_over=TransactionIsOver,
        is_not_recorded=NotRecorded,
    )


@contextmanager
def sql_store(database: ControlDatabase) -> Iterator[Store]:
    bot = build_engine(database.bot_url, pool_size=10, application_name="test-bot")
    worker = build_engine(database.worker_url, pool_size=10, application_name="test-worker")
    leases = SessionLeases(database.worker_url)
    try:
        yield Store(
            bot=partial(EnteringUnitOfWork, bot, None),
            worker=partial(EnteringUnitOfWork, worker, None),
            plainly=partial(SqlUnitOfWork, bot, None),
            with_queue=partial(SqlUnitOfWork, bot),
            leases=leases,
            is_over=InvalidRequestError,
            is_not_recorded=IntegrityError,
        )
    finally:
        leases.close()
        bot.dispose()
        worker.dispose()
