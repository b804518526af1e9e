"""Work by name, in threads: never two of the same name at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import structlog

from dbaccess.domain.errors import DbaccessError, SlackFailure
from dbaccess.log import describe
from dbaccess.ports import Job

log = structlog.get_logger()

THREADS = 8
PAUSE = 2.0
"""Seconds before a retry of work that failed."""

LONGEST_PAUSE = 60.0
"""Slack counts calls by the minute: a longer pause only makes the snapshot older."""


@dataclass(slots=True)
class Tasks:
    """A name is a kind, and what it is about: `end main`. `threads` are those of a kind.

    Kinds have threads of their own: one that waits for a stuck target keeps no other back.
    """

    threads: Callable[[str], int] = lambda _: THREADS
    _pools: dict[tuple[str, int], ThreadPoolExecutor] = field(default_factory=dict)
    _running: dict[str, Future[None]] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)
    _not_before: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _finishing: bool = False

    def start(self, name: str, work: Callable[[], object], *, pause: float = PAUSE) -> None:
        """Begin the work, unless it runs, has just failed, or this process is about to stop."""
        with self._lock:
            due = name not in self._running and time.monotonic() >= self._not_before.get(name, 0.0)
            if due and not self._finishing:
                self._not_before.pop(name, None)
                self._running[name] = self._pool(name).submit(self._do, name, work, pause)

    def runs(self, name: str) -> bool:
        """Whether the work of this name is under way."""
        with self._lock:
            return name in self._running

    def every(self, seconds: float, name: str, work: Callable[[], object]) -> None:
        """Begin the work where it was not begun for so long."""
        if time.monotonic() - self._last.get(name, float("-inf")) >= seconds:
            self._last[name] = time.monotonic()
            self.start(name, work)

    def forget(self, name: str) -> None:
        """`every` begins the work of this name at once."""
        self._last.pop(name, None)

    def finish(self, within: float) -> bool:
        """Begin nothing more, and wait for what runs; return whether all of it ended in time."""
        with self._lock:
            self._finishing = True
            running = list(self._running.values())
        return not wait(running, within).not_done

    def _pool(self, name: str) -> ThreadPoolExecutor:
        kind = name.partition(" ")[0]
        # A configuration that is read again may have more clusters, and a kind more threads.
        threads = self.threads(kind)
        if (kind, threads) not in self._pools:
            self._pools[kind, threads] = ThreadPoolExecutor(threads, f"reconcile-{kind}")
        return self._pools[kind, threads]

    def _do(self, name: str, work: Callable[[], object], pause: float) -> None:
        try:
            work()
        except DbaccessError as error:
            self._not_before[name] = time.monotonic() + _pause(error, pause)
            log.warning("not done", work=name, **_about(name), error=type(error).__name__, why=str(error))
        except Exception as error:  # noqa: BLE001 a process loop: one failure must not stop the others
            self._not_before[name] = time.monotonic() + pause
            log.error("failed", work=name, **_about(name), **describe(error))  # noqa: TRY400 its text could quote SQL
        finally:
            with self._lock:
                self._running.pop(name, None)


def _pause(error: DbaccessError, pause: float) -> float:
    """Seconds: as long as Slack asks for, within reason."""
    asked = error.retry_after if isinstance(error, SlackFailure) else None
    return pause if asked is None else min(max(pause, asked), LONGEST_PAUSE)


def _about(name: str) -> dict[str, str]:
    """The request or grant that work of this name is about."""
    kind, _, number = name.partition(" ")
    if kind in {"notify", "urgent"}:
        return {"request": f"R-{number}"}
    return Job(kind).about(int(number)) if kind in set(Job) and number.isdigit() else {}
