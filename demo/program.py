"""Our programs, started by their command lines as an operator would start them, with secrets in files."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from demo.servers.account import Account
from demo.servers.process import ServerProcess, server_failed
from demo.stop import Stop

ROOT = Path(__file__).parents[1]
_OURSELVES = Account(uid=None, gid=None)
_RUN_WITHIN = 120.0
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR")


class Environment:
    """Settings of one program; what is secret goes into files that only this user can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._values = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._values |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def set(self, **values: str) -> "Environment":
        self._values |= values
        return self

    def secret(self, **values: str) -> "Environment":
        for name, value in values.items():
            path = self._folder / name
            path.touch(mode=0o600)
            path.write_text(value)
            self._values[f"{name}_FILE"] = str(path)
        return self

    def as_dict(self) -> dict[str, str]:
        return dict(self._values)


class Program:
    """A process that ends when it is told to, and at the latest with this one."""

    def __init__(self, name: str, *arguments: str, env: Mapping[str, str], logs: Path) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        self.log.unlink(missing_ok=True)
        self._process = ServerProcess(
            [sys.executable, "-m", *arguments], account=_OURSELVES, env=dict(env), cwd=ROOT, log=self.log
        )

    def check(self) -> None:
        """Raise `ServerFailed` with its last output if it is gone."""
        if not self._process.alive:
            raise server_failed(f"{self.name} has ended by itself; see {self.log}", self.log)

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.exit_code

    def ask_to_stop(self) -> None:
        self._process.signal(signal.SIGTERM)

    def stop(self) -> None:
        """Gone when this returns."""
        self._process.stop((signal.SIGTERM, 12))


def run(arguments: Sequence[str], *, env: Mapping[str, str], what: str, stop: Stop) -> str:
    """Return the output of a short command; raises `RuntimeError` with its words if it fails.

    Raises `Stopped`, with the command ended, once `stop` is told.
    """
    command = [sys.executable, "-m", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=dict(env), cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:  # noqa: S603 our own command line
        deadline = time.monotonic() + _RUN_WITHIN
        while True:
            try:
                out, err = process.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                if stop.told or time.monotonic() > deadline:
                    process.kill()
                stop.go_on()
    stop.go_on()  # a terminal's Ctrl-C reaches the command too: its complaint is no failure
    if process.returncode != 0:
        raise RuntimeError(f"{what} did not work:\n{out}{err}")
    return out
