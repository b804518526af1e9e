"""The supervisor: one process for each part, restarted when it dies or hangs; none outlives the supervisor.

Parts are forked. So modules are imported once and share memory, and a restarted part runs its supervisor's
code, whatever was installed meanwhile. The supervisor itself has no threads and keeps nothing open.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkProcess
from types import FrameType

import structlog

from dbaccess.reload_at_sighup import ReloadSignal
from workers.die_with_supervisor import die_with, name_process
from workers.heartbeat import Pulse

log = structlog.get_logger()

LOOK_EVERY = 0.25
"""Seconds between two looks at the parts, and the longest until a stop is noticed."""

MIN_WAIT = 0.5
MAX_WAIT = 10.0
STEADY = 30.0
"""A part that ran so many seconds counts as healthy again."""

LAST = "reconciler"
"""The part that is stopped last: it ends grants until the others are gone."""

FINISH_WITHIN, LAST_WITHIN = 2.0, 2.5
"""Seconds that parts have to finish their work; their leases end with them."""


@dataclass(slots=True)
class _Child:
    part: str
    process: ForkProcess
    pulse: Pulse
    started: float
    wait: float = MIN_WAIT
    restart_at: float | None = None


@dataclass(slots=True)
class Supervisor:
    """Starts and watches the parts; `run` returns after a stop, when every part is gone.

    At SIGHUP it calls `read_again` itself, for parts that start later, and passes the signal on to every
    part.
    """

    parts: Sequence[str]
    run_part: Callable[[str], int]
    reload_signal: ReloadSignal
    read_again: Callable[[], None]
    _children: list[_Child] = field(default_factory=list)
    _stopping: bool = False

    def run(self) -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        self._children = [_Child(part, *self._start(part), time.monotonic()) for part in self.parts]
        while not self._stopping:
            for child in self._children:
                self._look_after(child)
            if self.reload_signal.wait(LOOK_EVERY):
                self.read_again()
                self._hand_on()
        self._end()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _hand_on(self) -> None:
        for child in self._children:
            if child.process.is_alive() and child.process.pid is not None:
                os.kill(child.process.pid, signal.SIGHUP)

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.restart_at is None and child.process.is_alive() and child.pulse.is_silent():
            # SIGTERM does not reach a stopped process. Once it is killed, servers free its locks.
            log.error("part stuck", part=child.part, pid=child.process.pid)
            child.process.kill()
            child.process.join()
        if child.restart_at is None and not child.process.is_alive():
            child.wait = MIN_WAIT if now - child.started > STEADY else min(child.wait * 2, MAX_WAIT)
            child.restart_at = now + child.wait
            log.error("part died", part=child.part, code=child.process.exitcode, again_in=child.wait)
        if child.restart_at is not None and now >= child.restart_at:
            child.process, child.pulse = self._start(child.part)
            child.started, child.restart_at = now, None

    def _end(self) -> None:
        """Stop within 5 s: first every part that takes on work, last the one that ends grants."""
        last = [child for child in self._children if child.part == LAST]
        _stop_all([child for child in self._children if child.part != LAST], FINISH_WITHIN)
        _stop_all(last, LAST_WITHIN)

    def _start(self, part: str) -> tuple[ForkProcess, Pulse]:
        pulse = Pulse()
        process = _FORK.Process(target=_become, args=(self.run_part, part, pulse, os.getpid()), name=part)
        # Blocked until the part can handle it: it would end a part that is starting.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
        return process, pulse


_FORK = multiprocessing.get_context("fork")


def _stop_all(children: Sequence[_Child], within: float) -> None:
    for child in children:
        child.process.terminate()
    deadline = time.monotonic() + within
    for child in children:
        child.process.join(max(0.0, deadline - time.monotonic()))
        if child.process.is_alive():
            log.warning("part did not stop in time", part=child.part)
            child.process.kill()
            child.process.join()


def _become(run_part: Callable[[str], int], part: str, pulse: Pulse, supervisor: int) -> None:
    """Turn this process into the part, without anything of its supervisor."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Ctrl-C reaches every process of the terminal; the supervisor stops its parts in the right order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with(supervisor)
    name_process(part)
    pulse.begin()
    sys.exit(run_part(part))
