"""The parts of a cluster's logs, one after the other, as they are stored."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from dbaccess.activity.logged import BuildReader
from dbaccess.activity.place import Place, find_place
from dbaccess.activity.records import LogFormat, Parsed
from dbaccess.activity.store import Batch, attribution_of, read_batch
from dbaccess.domain.coverage import Gap, GapCause, LogPosition
from dbaccess.domain.errors import SourceFailure
from dbaccess.ports import ActivitySource, UnitOfWorkFactory

CHUNK: Final = 1024 * 1024
"""Bytes of one read. A longer record is read in steps of twice the size, up to the longest one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the logs that was read at `read_at`.

    `before` and `after` are the positions around it. `is_last` says that nothing more was to read then, and
    `is_news` that it changes more than the time of the last look.
    """

    read_at: datetime
    before: LogPosition | None
    after: LogPosition
    batch: Batch | None
    gaps: Sequence[Gap]
    is_last: bool
    is_news: bool


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

    @property
    def has_ended(self) -> bool:
        """Return whether the server writes to a later file now."""
        return self.is_end and bool(self.place.later)

    @property
    def is_caught_up(self) -> bool:
        return self.is_end and not self.place.later


@dataclass(slots=True)
class Parts:
    """Reads the part behind a position. It stores nothing, and keeps nothing but the format's own state."""

    cluster: str
    begin: UnitOfWorkFactory
    source: ActivitySource
    new_format: Callable[[], LogFormat]
    build: BuildReader
    chunk: int = CHUNK
    _format: LogFormat | None = field(default=None, init=False)
    _format_at: tuple[str, int] | None = field(default=None, init=False)

    def after(self, before: LogPosition | None, now: datetime) -> Part:
        """Return the part behind this position; `now` is a time before this call.

        Raises `SourceFailure` if the logs cannot be read, and `LogFileGone` for a file that was removed after
        the listing.
        """
        place = find_place(self.source.files(), before)
        if place is None:
            raise SourceFailure(f"{self.cluster} has no log of the configured format.")
        chunk = self._read_at(place)
        after = self._position_after(now, before, chunk)
        batch, state = self._batch(before, chunk)
        return Part(
            read_at=now,
            before=before,
            after=replace(after, state=_with_reload(after.state if batch is None else state, before, chunk)),
            batch=batch,
            gaps=list(self._gaps(now, before, chunk)),
            is_last=chunk.is_caught_up,
            is_news=bool(chunk.parsed.consumed or place.lost or chunk.has_ended or before is None),
        )

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

    def _batch(self, before: LogPosition | None, chunk: _Chunk) -> tuple[Batch | None, Mapping[str, Any]]:
        """Return what is to be stored of the chunk, with the state that its reader leaves."""
        records = chunk.parsed.records
        if not records:
            return None, {}
        reader = self.build(before.state if before and chunk.place.lost is None else {})
        # After the read: a login is recorded before the server knows it, and so before its first line.
        with self.begin() as uow:
            attribution = attribution_of(uow, self.cluster, {record.user for record in records})
        return read_batch(records, reader, attribution), dict(reader.state())

    def _position_after(self, now: datetime, before: LogPosition | None, chunk: _Chunk) -> LogPosition:
        file = chunk.place.later[0] if chunk.has_ended else chunk.place.file
        known = before or LogPosition(cluster=self.cluster, file="", fingerprint="", offset=0)
        return LogPosition(
            cluster=self.cluster,
            file=file.name,
            fingerprint=file.fingerprint,
            offset=0 if chunk.has_ended else chunk.offset,
            state={} if chunk.place.lost else known.state,
            read_until=chunk.parsed.last_at or known.read_until,
            caught_up_at=now if chunk.is_caught_up else known.caught_up_at,
            behind=0 if chunk.is_caught_up else max(0, chunk.place.left - chunk.parsed.consumed),
        )

    def _gaps(self, now: datetime, before: LogPosition | None, chunk: _Chunk) -> Iterator[Gap]:
        """Yield what is missing around this chunk: from the last line before it to the first one after."""
        parsed, known = chunk.parsed, before.read_until if before else None
        first = parsed.records[0].at if parsed.records else parsed.last_at or now
        if chunk.place.lost is not None:
            yield self._gap(chunk.place.lost, known or first, first, chunk.place.file.name)
        if parsed.damaged:
            why = f"{parsed.damaged} bytes of {chunk.place.file.name}"
            yield self._gap(GapCause.UNREADABLE, known or first, parsed.last_at or now, why)
        for missing in parsed.missing:
            since = missing.began_at or known
            if since is not None and missing.up_at > since:
                why = "lines of the server itself tell of others"
                yield self._gap(GapCause.LOG_CHANGED, since, missing.until, why)
        reloaded_at = _reloaded_at(before)
        if reloaded_at is not None and parsed.first_at is not None and chunk.place.offset == 0:
            why = "the file before it ends with a reload of the settings"
            yield self._gap(GapCause.LOG_CHANGED, reloaded_at, parsed.first_at, why)
        if chunk.has_ended and chunk.tail:
            last = parsed.last_at or known or now
            file = chunk.place.file
            yield self._gap(GapCause.BYTES_LOST, last, file.modified_at, f"the end of {file.name}")

    def _gap(self, cause: GapCause, began_at: datetime, until: datetime, why: str) -> Gap:
        return Gap(
            cluster=self.cluster,
            cause=cause,
            began_at=min(began_at, until),
            until=max(began_at, until),
            why=why,
        )


_RELOADED: Final = "reloaded_at"
_IN_FLIGHT: Final = timedelta(milliseconds=250)
"""How long after a reload a process may write on as before it."""


def _reloaded_at(position: LogPosition | None) -> datetime | None:
    found = position.state.get(_RELOADED) if position is not None else None
    return datetime.fromisoformat(found) if found else None


def _with_reload(state: Mapping[str, Any], before: LogPosition | None, chunk: _Chunk) -> Mapping[str, Any]:
    """Return the state with the time of a reload, until a later line shows that the server still writes.

    A server that switches a log off closes its file, and tells of it elsewhere.
    """
    kept = {name: value for name, value in state.items() if name != _RELOADED}
    at = chunk.parsed.reloaded_at or (None if chunk.place.lost else _reloaded_at(before))
    last_at = chunk.parsed.last_at or (before.read_until if before else None)
    is_written_on = at is not None and last_at is not None and last_at - at > _IN_FLIGHT
    return kept if at is None or is_written_on else kept | {_RELOADED: at.isoformat()}
