"""The reader of a cluster's logs: a part at a time, each line stored once however often it is read."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from dbaccess.activity.logged import BuildReader
from dbaccess.activity.parts import CHUNK, Part, Parts
from dbaccess.activity.records import LogFormat
from dbaccess.activity.store import is_current, store_batch
from dbaccess.domain.coverage import LogPosition
from dbaccess.domain.errors import LogFileGone, LostLease
from dbaccess.ports import ActivitySource, UnitOfWorkFactory

log = structlog.get_logger()

NOTE_EVERY: Final = timedelta(seconds=5)
"""How often a reader without news records that it has read everything."""


@dataclass(slots=True)
class LogReader:
    """Reads the logs of one cluster. Two readers of one cluster do no harm: the later commit is refused.

    While the server stores a part, the next one is read. No more than these two are in memory.
    """

    cluster: str
    begin: UnitOfWorkFactory
    source: ActivitySource
    new_format: Callable[[], LogFormat]
    build: BuildReader
    chunk: int = CHUNK
    _parts: Parts = field(init=False)
    ahead: Future[Part] | None = field(default=None, init=False)
    """The part behind the last one, which is being read."""
    _threads: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self._parts = Parts(
            self.cluster, self.begin, self.source, self.new_format, self.build, chunk=self.chunk
        )
        self._threads = ThreadPoolExecutor(1, f"read-ahead-{self.cluster}")

    def read(self) -> bool:
        """Store what the next part says, with the position after it; return whether more waits.

        Raises `SourceFailure` if the logs cannot be read, and `LostLease` if another reader went on.
        """
        part, is_ahead = self._read_ahead(), True
        if part is None:
            try:
                part, is_ahead = self._read_now(), False
            except LogFileGone:
                return True  # it was removed after the listing: the next listing says what comes after it
        if not part.is_last:
            self.ahead = self._threads.submit(self._next, part.after)
        return self._store(part, is_ahead=is_ahead)

    def _read_ahead(self) -> Part | None:
        """Return the part that was read ahead; None without one, or if it could not be read."""
        ahead, self.ahead = self.ahead, None
        return None if ahead is None or ahead.exception() is not None else ahead.result()

    def _read_now(self) -> Part:
        with self.begin() as uow:
            now, position = uow.now, uow.log_positions.lock(self.cluster)
        return self._parts.after(position, now)

    def _next(self, position: LogPosition) -> Part:
        """Read the part behind one that is not stored yet."""
        with self.begin() as uow:
            now = uow.now
        return self._parts.after(position, now)

    def _store(self, part: Part, *, is_ahead: bool) -> bool:
        if not part.is_news and not _is_note_due(part.before, part.read_at):
            return False
        with self.begin() as uow:
            if uow.log_positions.lock(self.cluster) != part.before:
                if is_ahead:
                    return True  # the part before it was not stored, or another reader has had a turn since
                # A reader that stalled must not take the position back.
                raise LostLease(f"Another reader of {self.cluster} went on.")
            if part.batch is not None:
                if not is_current(uow, part.batch):
                    return True  # a grant has begun or ended meanwhile: the part is read again
                store_batch(uow, part.batch)
            for gap in part.gaps:
                uow.log_positions.add_gap(gap)
            uow.log_positions.save(part.after)
            uow.commit()
        for gap in part.gaps:
            log.warning("activity lost", cluster=self.cluster, cause=gap.cause.value, why=gap.why)
        return not part.is_last


def _is_note_due(before: LogPosition | None, now: datetime) -> bool:
    noted = before.caught_up_at if before else None
    return noted is None or now - noted >= NOTE_EVERY
