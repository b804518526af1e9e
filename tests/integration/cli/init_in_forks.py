"""`dbaccess` with its own children as forks, which import nothing again; see `tests.forked`."""

import multiprocessing
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from dbaccess.cli import app
from tests.forked import become


def main() -> None:
    """Run the command line; what `init` would start by command line is a fork."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess, "run", _run)
        app.main()


def _run(words: Sequence[str], *, env: Mapping[str, str], check: bool) -> subprocess.CompletedProcess[Any]:
    assert (list(words[:3]), check) == ([sys.executable, "-m", "dbaccess.cli"], False)
    given = ("dbaccess.cli.app:main", list(words[3:]), dict(env), Path.cwd())
    child = multiprocessing.get_context("fork").Process(target=become, args=given)
    child.start()
    child.join()
    assert child.exitcode is not None
    return subprocess.CompletedProcess(words, child.exitcode)
