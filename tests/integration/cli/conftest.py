"""The command line as operators start it: a process of its own, in an environment of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.databases import ControlDatabase
from tests.engine import build_engine
from tests.forked import Ran, run_forked

Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `dbaccess` with these arguments; keywords are its environment."""

    return command_line("dbaccess.cli.app:main", tmp_path)


def command_line(main: str, home: Path) -> Run:
    """Runs this function as a process, with its arguments in `home`."""

    def run(*arguments: str, **environment: str) -> Ran:
        given = {"PATH": "/usr/bin:/bin", "HOME": str(home), "COLUMNS": "200", **environment}
        return run_forked(main, arguments, given, home)

    return run


@pytest.fixture
def bot(control_database: ControlDatabase) -> Iterator[Engine]:
    engine = build_engine(control_database.bot_url, pool_size=2, application_name="test-bot")
    yield engine
    engine.dispose()


@pytest.fixture
def worker(control_database: ControlDatabase) -> Iterator[Engine]:
    engine = build_engine(control_database.worker_url, pool_size=2, application_name="test-worker")
    yield engine
    engine.dispose()
