"""Our programs as processes of their own that need not import everything again.

One process of Python's fork server has imported them; each run is a fork of it with arguments, an environment
and a working directory of its own. The demo's tests start the programs by their command lines.
"""

import json
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sandbox.waiting import PATIENCE
from tests.programs import Program

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(
    [
        "__main__",  # pytest, or each fork would run its start again
        "bot.__main__",
        "workers.__main__",
        "dbaccess.cli.app",
        "sandbox.__main__",
        # The modules that the command line imports only where a command needs them.
        "dbaccess.queue",
        "dbaccess.slack.client",
        "dbaccess.slack.directory",
        "dbaccess.storage.examine",
        "dbaccess.storage.migrate",
        "dbaccess.storage.unit_of_work",
        "dbaccess.targets.registry",
        "typer.rich_utils",
        "tests.preloaded",
    ]
)


STDIN = "forked.in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """The result of a program."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.out, f"no output, exit code {self.code}: {self.err}"
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class _Forked:
    process: ForkServerProcess

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired(self.process.name, timeout or 0)
        return self.process.exitcode

    def send_signal(self, sig: int) -> None:
        if self.process.exitcode is None:
            os.kill(self.pid, sig)

    def terminate(self) -> None:
        self.process.terminate()

    def kill(self) -> None:
        self.process.kill()


def start_forked(
    package: str, arguments: Sequence[str], environment: Mapping[str, str], home: Path, log: Path
) -> Program:
    """Start the `main` of `package.__main__` without its imports; `tests.programs.Start` says the rest."""
    heard, saying = _FORKED.Pipe(duplex=False)
    given = (f"{package}.__main__:main", [*arguments], {**environment}, home, log, saying)
    process = _FORKED.Process(target=_lead, args=given, name=package)
    process.start()
    saying.close()
    with heard:
        heard.recv()  # its group exists from here on
    return _Forked(process)


def run_forked(main: str, arguments: Sequence[str], environment: Mapping[str, str], home: Path) -> Ran:
    """Run `main`, given as `module:function`, to its end with these and nothing else in its environment.

    It runs in `home`. Its standard input is what the file `forked.in` there has; nothing without one.
    """
    out, err = home / "forked.out", home / "forked.err"
    process = _FORKED.Process(target=_run, args=(main, [*arguments], {**environment}, home, out, err))
    process.start()
    process.join(PATIENCE)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise TimeoutError(f"{main} {' '.join(arguments)}")
    said, complained = (path.read_text(encoding="utf-8", errors="replace") for path in (out, err))
    assert "Traceback" not in complained, complained
    return Ran(code=process.exitcode, out=said, err=complained)


def _run(
    main: str, arguments: list[str], environment: dict[str, str], home: Path, out: Path, err: Path
) -> None:
    _write_to(out, os.O_TRUNC, 1)
    _write_to(err, os.O_TRUNC, 2)
    if (home / STDIN).exists():
        os.dup2(os.open(home / STDIN, os.O_RDONLY), 0)
        sys.stdin = os.fdopen(0, encoding="utf-8")  # multiprocessing has put another one there
    become(main, arguments, environment, home)


def _lead(
    main: str, arguments: list[str], environment: dict[str, str], home: Path, log: Path, saying: Connection
) -> None:
    os.setsid()
    _write_to(log, os.O_APPEND, 1, 2)
    saying.send(True)
    saying.close()
    become(main, arguments, environment, home)


def _write_to(path: Path, how: int, *numbers: int) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    for number in numbers:
        os.dup2(file, number)
    os.close(file)


def become(main: str, arguments: list[str], environment: dict[str, str], home: Path) -> None:
    os.chdir(home)
    os.environ.clear()
    os.environ.update(environment)
    module, _, function = main.partition(":")
    sys.argv = [module, *arguments]
    sys.exit(getattr(import_module(module), function)())
