"""Engines of the bot's and the worker's role on a control database of the test's own."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from dbaccess.storage.leases import SessionLeases
from tests.databases import ControlDatabase
from tests.engine import build_engine
from tests.entering_connection import EnteringConnection

Connection = psycopg.Connection[tuple[Any, ...]]
ROLES = ("bot", "worker")


@pytest.fixture
def bot(control_database: ControlDatabase) -> Iterator[Engine]:
    engine = build_engine(control_database.bot_url, pool_size=10, application_name="test-bot")
    yield engine
    engine.dispose()


@pytest.fixture
def worker(control_database: ControlDatabase) -> Iterator[Engine]:
    engine = build_engine(control_database.worker_url, pool_size=10, application_name="test-worker")
    yield engine
    engine.dispose()


@pytest.fixture
def leases(control_database: ControlDatabase) -> Iterator[SessionLeases]:
    """Those of a worker's process."""
    held = SessionLeases(control_database.worker_url)
    yield held
    held.close()


@pytest.fixture(params=ROLES)
def writer(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def direct(control_database: ControlDatabase, writer: str) -> Iterator[Connection]:
    """A connection as one of the two roles, without our code in between."""
    url = control_database.bot_url if writer == "bot" else control_database.worker_url
    with EnteringConnection.connect(url, autocommit=True) as opened:
        yield opened


@pytest.fixture
def as_bot(control_database: ControlDatabase) -> Iterator[Connection]:
    with EnteringConnection.connect(control_database.bot_url, autocommit=True) as opened:
        yield opened


@pytest.fixture
def as_worker(control_database: ControlDatabase) -> Iterator[Connection]:
    with EnteringConnection.connect(control_database.worker_url, autocommit=True) as opened:
        yield opened
