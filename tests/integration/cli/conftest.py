"""The command line as operators start it, in an environment of its own.

It runs in the process of the test. `test_every_command` runs each command as a process.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
import typer
from sqlalchemy import Engine

from dbaccess.cli import app
from dbaccess.cli.app import build
from tests.databases import ControlDatabase
from tests.engine import build_engine
from tests.forked import Ran, run_forked
from tests.in_process import run_in_process

Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `dbaccess` with these arguments; keywords are its environment."""

    def run(*arguments: str, **environment: str) -> Ran:
        with patch.object(app, "build", _commands):
            return run_in_process(app.main, arguments, surroundings(tmp_path, environment), tmp_path)

    return run


@cache
def _commands() -> Callable[[], object]:
    """Return all commands, made once: typer reads the signature of each, which costs more than a query."""
    return typer.main.get_command(build())


def command_line(main: str, home: Path) -> Run:
    """Runs this function as a process, with its arguments in `home`."""

    def run(*arguments: str, **environment: str) -> Ran:
        return run_forked(main, arguments, surroundings(home, environment), home)

    return run


def surroundings(home: Path, environment: dict[str, str]) -> dict[str, str]:
    """The environment of a command that runs in `home`."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "COLUMNS": "200", **environment}


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
