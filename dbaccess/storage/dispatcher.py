"""Dispatch of outbox rows to the queue after the commit, in the background."""

import queue
import threading
from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy import Engine

from dbaccess.ports import JobQueue
from dbaccess.storage.outbox import OutboxJob, dispatch

_MOST_WAITING: Final = 1000
_AT_ONCE: Final = 100
"""Up to this many waiting rows are marked as dispatched together."""

_log = structlog.get_logger(__name__)


class Dispatcher:
    """One thread that dispatches in order.

    Rows beyond its capacity, or lost with the process, stay in the outbox, where the workers' sweep finds
    them.
    """

    def __init__(self, engine: Engine, jobs: JobQueue) -> None:
        self._engine = engine
        self._jobs = jobs
        self._waiting: queue.Queue[Sequence[OutboxJob]] = queue.Queue(_MOST_WAITING)
        threading.Thread(target=self._run, name="dispatch", daemon=True).start()

    def __call__(self, jobs: Sequence[OutboxJob]) -> None:
        """Add the jobs and return at once."""
        try:
            self._waiting.put_nowait(jobs)
        except queue.Full:
            return

    def _run(self) -> None:
        while True:
            jobs = self._next()
            try:
                dispatch(self._engine, self._jobs, jobs)
            except Exception as error:  # noqa: BLE001 a process loop: the sweep finds what this did not tell
                _log.warning("jobs wait for the sweep", error=type(error).__name__)

    def _next(self) -> list[OutboxJob]:
        """Return the waiting jobs; wait for the first."""
        jobs = [*self._waiting.get()]
        while len(jobs) < _AT_ONCE:
            try:
                jobs += self._waiting.get_nowait()
            except queue.Empty:
                break
        return jobs
