"""A demo that runs, as its command line starts it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.servers.account import server_account
from demo.servers.process_table import children_of
from demo.servers.scratch import scratch_directory
from sandbox.client import Sandbox
from sandbox.waiting import PATIENCE
from tests.acceptance.stack import wait

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Demo:
    process: "subprocess.Popen[bytes]"
    output: Path
    home: Path

    def words(self) -> str:
        return self.output.read_text()

    def open_address(self) -> str:
        """The text that it prints once everything answers."""

        def printed() -> str | None:
            assert self.process.poll() is None, self.words()
            found = re.search(r"Open\s+(http://127\.0\.0\.1:\d+)", self.words())
            return found[1] if found else None

        return wait(printed)

    def sandbox(self) -> Sandbox:
        """Return its sandbox, which gives a busy machine more time than Slack gives an app."""
        sandbox = Sandbox((self.home / "sandbox.address").read_text())
        sandbox.limits(acknowledge_within=PATIENCE, trigger_within=PATIENCE)
        return sandbox

    def press_ctrl_c(self, number: signal.Signals = signal.SIGINT) -> None:
        """As a terminal does it: every process of the group that it shows is told."""
        os.killpg(self.process.pid, number)

    def descendants(self) -> set[int]:
        found: set[int] = set()
        waiting = [self.process.pid]
        while waiting:
            for child in children_of(waiting.pop()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        return found


def start_demo(home: Path, output: Path, *arguments: str) -> Demo:
    """Start one there, in a process group of its own."""
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "demo", "--home", str(home), *arguments],
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Demo(process, output, home)


@contextmanager
def running_demo(home: Path, output: Path) -> Iterator[Demo]:
    """Yield one that answers. It ends without a complaint, unless the block has ended it."""
    demo = start_demo(home, output)
    try:
        demo.open_address()
        demo.sandbox()
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.process.terminate()
            assert demo.process.wait(PATIENCE) == 0, demo.words()
            assert "Traceback" not in demo.words()


@contextmanager
def demo_of_its_own(output: Path) -> Iterator[Demo]:
    """Yield one in a place that goes with it."""
    with scratch_directory(server_account()) as place, running_demo(place / "demo", output) as demo:
        yield demo


def alive(pids: set[int]) -> set[int]:
    """Those that still run; a zombie does not."""
    found = set()
    for pid in pids:
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            continue
        if state != "Z":
            found.add(pid)
    return found
