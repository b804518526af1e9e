"""The command line as operators start it: a process of its own, in an environment of its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from dbaccess.storage.engine import build_engine
from tests.databases import ControlDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `dbaccess` with these arguments; keywords are its environment."""

    def run(*arguments: str, **environment: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "dbaccess.cli", *arguments],
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "COLUMNS": "200", **environment},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(code=done.returncode, out=done.stdout, err=done.stderr)

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
