"""One server process that does not outlive the process that started it."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP, Signals

from demo.servers.account import Account
from demo.servers.process_table import children_of

_LAUNCH = Path(__file__).with_name("launch.py")


class ServerFailed(RuntimeError):
    """A server did not start or stop; the text ends with the tail of its log."""


def server_failed(message: str, log: Path) -> ServerFailed:
    try:
        lines = log.read_text(errors="replace").splitlines()[-25:]
    except OSError as error:
        lines = [f"(no log: {error.strerror})"]
    return ServerFailed("\n    ".join([message, *lines]))


class ServerProcess:
    """A child, under another account if need be, in a session of its own, its output appended to `log`.

    Linux ends a child with PR_SET_PDEATHSIG when the *thread* that forked it ends. So each child has a thread
    of its own, which forks it and then waits for it.
    """

    def __init__(
        self, argv: Sequence[str], *, account: Account, env: dict[str, str], cwd: Path, log: Path
    ) -> None:
        self._spec = {
            "argv": list(argv),
            "env": env,
            "uid": account.uid,
            "gid": account.gid,
            "parent": os.getpid(),
        }
        self._cwd = cwd
        self._log = log
        self._ended = threading.Event()
        self._child = self._start()

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def alive(self) -> bool:
        return not self._ended.is_set()

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative where a signal ended it."""
        return self._child.returncode if self._ended.is_set() else None

    def wait(self, seconds: float) -> bool:
        """True once the process is gone and reaped."""
        return self._ended.wait(seconds)

    def signal(self, number: Signals) -> None:
        """Send a signal; nothing happens where the process is gone."""
        self._child.send_signal(number)

    def stop(self, *steps: tuple[Signals, float]) -> bool:
        """Try each signal in turn for its seconds, then SIGKILL; return False if SIGKILL was needed."""
        self.signal(SIGCONT)  # a paused server could not hear the rest
        for number, seconds in steps:
            self.signal(number)
            if self.wait(seconds):
                return True
        self.kill()
        return False

    def kill(self) -> None:
        """SIGKILL for the process and its children: a busy backend outlives its postmaster for minutes."""
        self.signal(SIGSTOP)  # so that it starts no child meanwhile, and no process id is reused
        children = children_of(self.pid) if self.alive else []
        for pid in children:
            with suppress(ProcessLookupError):
                os.kill(pid, SIGKILL)
        self.signal(SIGKILL)
        self._ended.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        outcome: queue.SimpleQueue[subprocess.Popen[bytes] | OSError] = queue.SimpleQueue()
        threading.Thread(target=self._supervise, args=(outcome,), daemon=True).start()
        child = outcome.get()
        if isinstance(child, OSError):
            raise ServerFailed(f"cannot start {self._spec['argv']}: {child}") from child
        return child

    def _supervise(self, outcome: "queue.SimpleQueue[subprocess.Popen[bytes] | OSError]") -> None:
        try:
            self._log.touch(mode=0o600)  # statements may be quoted in it
            with self._log.open("ab") as log:
                child = subprocess.Popen(  # noqa: S603 our own launcher, no shell
                    [sys.executable, "-I", "-S", str(_LAUNCH), json.dumps(self._spec)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=self._cwd,
                    start_new_session=True,
                )
        except OSError as error:
            outcome.put(error)
            return
        outcome.put(child)
        child.wait()
        self._ended.set()
