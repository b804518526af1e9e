"""Programs that run beside a test: forks of a process that has imported them, or command lines."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol


class Program(Protocol):
    """A running program, the leader of a process group of its own; the methods are those of `Popen`."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


Start = Callable[[str, Sequence[str], Mapping[str, str], Path, Path], Program]
"""Starts a package's `__main__` with these arguments and this environment, in this directory.

The last argument is the file that receives its output.
"""


def start_command(
    package: str, arguments: Sequence[str], environment: Mapping[str, str], home: Path, log: Path
) -> Program:
    """Start `python -m package`, as an operator does; the imports take one to two seconds."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", package, *arguments],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=home,
        )
