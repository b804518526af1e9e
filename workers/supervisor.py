"""One process a part, started again when it dies; none outlives the supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

import structlog

from dbaccess.hangup import Hangup
from workers.orphan import SUPERVISOR

log = structlog.get_logger()

MIN_WAIT = 0.5
MAX_WAIT = 10.0
STEADY = 30.0
"""Seconds after which a part that ran so long counts as healthy again."""

STOP_WITHIN = 8.0


@dataclass(slots=True)
class _Child:
    part: str
    process: subprocess.Popen[bytes]
    started: float
    wait: float = MIN_WAIT
    restart_at: float | None = None


@dataclass(slots=True)
class Supervisor:
    """`run` returns when it was told to stop and every part is gone. SIGHUP is handed on to every part."""

    parts: Sequence[str]
    hangup: Hangup
    _children: list[_Child] = field(default_factory=list)
    _stopping: bool = False

    def run(self) -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        self._children = [_Child(part, _start(part), time.monotonic()) for part in self.parts]
        while not self._stopping:
            for child in self._children:
                self._look_after(child)
            if self.hangup.wait(0.1):
                self._hand_on()
        self._end()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _hand_on(self) -> None:
        for child in self._children:
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGHUP)

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.restart_at is None and child.process.poll() is not None:
            child.wait = MIN_WAIT if now - child.started > STEADY else min(child.wait * 2, MAX_WAIT)
            child.restart_at = now + child.wait
            log.error("part died", part=child.part, code=child.process.returncode, again_in=child.wait)
        if child.restart_at is not None and now >= child.restart_at:
            child.process, child.started, child.restart_at = _start(child.part), now, None

    def _end(self) -> None:
        for child in self._children:
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        for child in self._children:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("part did not stop in time", part=child.part)
                child.process.kill()
                child.process.wait()


def _start(part: str) -> subprocess.Popen[bytes]:
    """The part as a process of its own; it inherits the environment, so no secret is in its arguments."""
    env = os.environ | {SUPERVISOR: str(os.getpid())}
    # Blocked until the part can hear it: it would end a part that is starting.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        return subprocess.Popen([sys.executable, "-m", "workers", "--part", part], env=env)  # noqa: S603 our own
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
