"""Our programs, started by their command lines like anybody would, with secrets in files."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from demo.servers.account import Account
from demo.servers.process import ServerProcess, server_failed

ROOT = Path(__file__).parents[1]
_OURSELVES = Account(uid=None, gid=None)
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


def run(arguments: Sequence[str], *, env: Mapping[str, str], what: str) -> str:
    """Return the output of a short command; raises `RuntimeError` with its words if it fails."""
    done = subprocess.run(  # noqa: S603 our own command line
        [sys.executable, "-m", *arguments],
        env=dict(env),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{what} did not work:\n{done.stdout}{done.stderr}")
    return done.stdout
