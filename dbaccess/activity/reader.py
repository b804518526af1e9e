"""The reader of a cluster's logs: a chunk at a time, each line stored once however often it is read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from dbaccess.activity.logged import BuildReader
from dbaccess.activity.place import Place, find_place
from dbaccess.activity.records import LogFormat, Parsed
from dbaccess.activity.store import store_records
from dbaccess.domain.coverage import Gap, GapCause, LogPosition
from dbaccess.domain.errors import LogFileGone, LostLease, SourceFailure
from dbaccess.ports import ActivitySource, UnitOfWorkFactory

log = structlog.get_logger()

CHUNK: Final = 1024 * 1024
"""Bytes of one read. A longer record is read in steps of twice the size, up to the longest one."""

NOTE_EVERY: Final = timedelta(seconds=5)
"""How often a reader without news records that it has read everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    """The records that were read at a place. `is_end` says that the file had nothing more."""

    place: Place
    parsed: Parsed
    is_end: bool
    tail: int

    @property
    def offset(self) -> int:
        return self.place.offset + self.parsed.consumed


@dataclass(slots=True)
class LogReader:
    """Reads the logs of one cluster. Two readers of one cluster do no harm: the later commit is refused."""

    cluster: str
    begin: UnitOfWorkFactory
    source: ActivitySource
    new_format: Callable[[], LogFormat]
    build: BuildReader
    chunk: int = CHUNK
    _format: LogFormat | None = field(default=None, init=False)
    _format_at: tuple[str, int] | None = field(default=None, init=False)

    def read(self) -> bool:
        """Store what the next chunk says, with the position after it; return whether more waits.

        Raises `SourceFailure` if the logs cannot be read, and `LostLease` if another reader went on.
        """
        with self.begin() as uow:
            now, position = uow.now, uow.log_positions.lock(self.cluster)
        place = find_place(self.source.files(), position)
        if place is None:
            raise SourceFailure(f"{self.cluster} has no log of the configured format.")
        try:
            chunk = self._read_at(place)
        except LogFileGone:
            return True  # it was removed after the listing: the next listing says what comes after it
        return self._store(now, position, chunk)

    def _read_at(self, place: Place) -> _Chunk:
        """Read until at least one record ends, or the file does."""
        length, at = self.chunk, (place.file.name, place.offset)
        while True:
            data = self.source.read(place.file.name, place.offset, length)
            if self._format is None or self._format_at != at:
                self._format = self.new_format()
            parsed = self._format.parse(data)
            is_end = len(data) < length
            if parsed.consumed or is_end:
                self._format_at = (place.file.name, place.offset + parsed.consumed)
                return _Chunk(place=place, parsed=parsed, is_end=is_end, tail=len(data) - parsed.consumed)
            self._format_at, length = at, length * 2

    def _store(self, now: datetime, before: LogPosition | None, chunk: _Chunk) -> bool:
        place, parsed = chunk.place, chunk.parsed
        has_ended = chunk.is_end and bool(place.later)
        after = self._after(now, before, chunk, has_ended=has_ended)
        is_news = bool(parsed.consumed or place.lost or has_ended or before is None)
        if not is_news and not _is_note_due(before, now):
            return False
        with self.begin() as uow:
            if uow.log_positions.lock(self.cluster) != before:
                # A reader that stalled must not take the position back.
                raise LostLease(f"Another reader of {self.cluster} went on.")
            reader = self.build(before.state if before and place.lost is None else {})
            if parsed.records:
                store_records(uow, self.cluster, parsed.records, reader)
                after = replace(after, state=dict(reader.state()))
            for gap in self._gaps(now, before, chunk, has_ended=has_ended):
                uow.log_positions.add_gap(gap)
            uow.log_positions.save(after)
            uow.commit()
        return has_ended or not chunk.is_end

    def _after(
        self, now: datetime, before: LogPosition | None, chunk: _Chunk, *, has_ended: bool
    ) -> LogPosition:
        file = chunk.place.later[0] if has_ended else chunk.place.file
        known = before or LogPosition(cluster=self.cluster, file="", fingerprint="", offset=0)
        is_caught_up = chunk.is_end and not chunk.place.later
        return LogPosition(
            cluster=self.cluster,
            file=file.name,
            fingerprint=file.fingerprint,
            offset=0 if has_ended else chunk.offset,
            state={} if chunk.place.lost else known.state,
            read_until=chunk.parsed.last_at or known.read_until,
            caught_up_at=now if is_caught_up else known.caught_up_at,
            behind=0 if is_caught_up else max(0, chunk.place.left - chunk.parsed.consumed),
        )

    def _gaps(
        self, now: datetime, before: LogPosition | None, chunk: _Chunk, *, has_ended: bool
    ) -> Iterable[Gap]:
        """Yield what is missing around this chunk: from the last line before it to the first one after."""
        parsed, known = chunk.parsed, before.read_until if before else None
        first = parsed.records[0].at if parsed.records else parsed.last_at or now
        if chunk.place.lost is not None:
            yield self._gap(chunk.place.lost, known or first, first, chunk.place.file.name)
        if parsed.damaged:
            why = f"{parsed.damaged} bytes of {chunk.place.file.name}"
            yield self._gap(GapCause.UNREADABLE, known or first, parsed.last_at or now, why)
        if has_ended and chunk.tail:
            last = parsed.last_at or known or now
            file = chunk.place.file
            yield self._gap(GapCause.BYTES_LOST, last, file.modified_at, f"the end of {file.name}")

    def _gap(self, cause: GapCause, began_at: datetime, until: datetime, why: str) -> Gap:
        log.warning("activity lost", cluster=self.cluster, cause=cause.value, why=why)
        return Gap(
            cluster=self.cluster,
            cause=cause,
            began_at=min(began_at, until),
            until=max(began_at, until),
            why=why,
        )


def _is_note_due(before: LogPosition | None, now: datetime) -> bool:
    noted = before.caught_up_at if before else None
    return noted is None or now - noted >= NOTE_EVERY
