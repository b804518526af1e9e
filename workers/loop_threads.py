"""Named work in threads, never two of the same name at once."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import structlog

from dbaccess.domain.errors import DbaccessError, SlackFailure
from dbaccess.domain.message import Lane
from dbaccess.expiring_keys import Until
from dbaccess.log import describe
from dbaccess.ports import Job

log = structlog.get_logger()

THREADS = 8
PAUSE = 2.0
"""Seconds before a retry of work that failed."""

LONGEST_PAUSE = 60.0
"""Slack counts calls by the minute, so a longer pause would only make the snapshot older."""


SAID_AGAIN_AFTER = 300.0
"""Seconds until the log repeats why some work is not done; another reason is logged at once."""


@dataclass(slots=True)
class Tasks:
    """A name is a kind and its subject: `end main`. `threads` are those of a kind.

    Kinds have threads of their own, so that one that waits for a stuck target delays no other.
    """

    threads: Callable[[str], int] = lambda _: THREADS
    _pools: dict[str, tuple[int, ThreadPoolExecutor]] = field(default_factory=dict)
    _running: dict[str, Future[None]] = field(default_factory=dict)
    _begun: Until[str] = field(default_factory=Until)
    _failed: Until[str] = field(default_factory=Until)
    _said: Until[tuple[str, str]] = field(default_factory=Until)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _finishing: bool = False

    def start(self, name: str, work: Callable[[], object], *, pause: float = PAUSE) -> None:
        """Begin the work, unless it runs, has just failed, or this process is about to stop."""
        with self._lock:
            due = name not in self._running and not self._failed.left(name)
            if due and not self._finishing:
                self._running[name] = self._pool(name).submit(self._do, name, work, pause)

    def runs(self, name: str) -> bool:
        """Return whether the work of this name is running."""
        with self._lock:
            return name in self._running

    def every(self, seconds: float, name: str, work: Callable[[], object]) -> None:
        """Begin the work if it was not begun for so many seconds."""
        if not self._begun.left(name):
            self._begun.put(name, seconds)
            self.start(name, work)

    def forget(self, name: str) -> None:
        """Let `every` begin the work of this name at once."""
        self._begun.drop(name)

    def finish(self, within: float) -> bool:
        """Begin nothing more and wait for running work; return whether all of it ended in time."""
        with self._lock:
            self._finishing = True
            running = list(self._running.values())
        return not wait(running, within).not_done

    def _pool(self, name: str) -> ThreadPoolExecutor:
        kind = name.partition(" ")[0]
        threads, before = self.threads(kind), self._pools.get(kind)
        if before is not None and before[0] == threads:
            return before[1]
        # A reloaded configuration may have more clusters, and a kind more threads.
        if before is not None:
            before[1].shutdown(wait=False)
        pool = ThreadPoolExecutor(threads, f"reconcile-{kind}")
        self._pools[kind] = threads, pool
        return pool

    def _do(self, name: str, work: Callable[[], object], pause: float) -> None:
        try:
            work()
        except DbaccessError as error:
            self._put_off(name, _pause(error, pause))
            if self._is_news(name, str(error)):
                kind = type(error).__name__
                log.warning("work not done", work=name, **_about(name), error=kind, why=str(error))
        except Exception as error:  # noqa: BLE001 a process loop: one failure must not stop the others
            self._put_off(name, pause)
            log.error("work failed", work=name, **_about(name), **describe(error))  # noqa: TRY400 its text could quote SQL
        finally:
            with self._lock:
                self._running.pop(name, None)

    def _is_news(self, name: str, why: str) -> bool:
        """Return whether the log has not said so lately: work of every second would fill it."""
        with self._lock:
            is_news = not self._said.left((name, why))
            if is_news:
                self._said.put((name, why), SAID_AGAIN_AFTER)
        return is_news

    def _put_off(self, name: str, seconds: float) -> None:
        with self._lock:
            self._failed.put(name, seconds)


def _pause(error: DbaccessError, pause: float) -> float:
    """Return seconds: as long as Slack requires, within limits."""
    asked = error.retry_after if isinstance(error, SlackFailure) else None
    return pause if asked is None else min(max(pause, asked), LONGEST_PAUSE)


def _about(name: str) -> dict[str, str]:
    """Return the request or grant that the named work is about, for the log."""
    kind, _, number = name.partition(" ")
    if kind in set(Lane):
        return {"request": f"R-{number}"}
    return Job(kind).about(int(number)) if kind in set(Job) and number.isdigit() else {}
