"""One demo for all files, in one place: a start takes more than all that a visitor does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.servers.account import server_account
from demo.servers.scratch import scratch_directory
from sandbox.waiting import PATIENCE
from tests.demo.running import Demo, running_demo, start_demo


@pytest.fixture(scope="package")
def home() -> Iterator[Path]:
    """One place for all starts, as a visitor has it."""
    with scratch_directory(server_account()) as path:
        yield path / "demo"


@pytest.fixture(scope="package")
def demo(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that runs, as new for the tests of the page; `test_stops` kills it."""
    with running_demo(home, tmp_path_factory.mktemp("demo") / "output") as found:
        yield found


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    """Starts another one there; whatever the test does, it is gone afterwards."""
    started: list[Demo] = []

    def run(*arguments: str) -> Demo:
        started.append(start_demo(home, tmp_path / f"{len(started)}.out", *arguments))
        return started[-1]

    yield run
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
        one.process.wait(PATIENCE)
