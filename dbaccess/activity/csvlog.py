"""The format `csvlog`: records of comma-separated values, which may hold line ends."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from dbaccess.activity.records import (
    LONGEST,
    LogClock,
    LogRecord,
    Missing,
    Parsed,
    check_identity,
    ends_in_returns,
    is_odd,
    readable_record,
)
from dbaccess.activity.server_lines import ServerLines, is_server_line

_COLUMNS: Final = 24
"""Those that are read; newer versions add to them."""

# The beginning of a client's record. A quoted field doubles each quote, so no statement can hold this.
_BEGIN: Final = re.compile(
    rb'^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [A-Za-z0-9+:-]{1,16},"[^",\n]{1,63}","[^"\n]{1,63}",\d+,"',
    re.MULTILINE,
)


@dataclass(slots=True)
class _Found:
    """The content of the records so far."""

    records: list[LogRecord] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    first_at: datetime | None = None
    last_at: datetime | None = None


class CsvLog:
    """Reads records of `csvlog`. After damage it goes on at the next record of a client."""

    def __init__(self) -> None:
        self._clock = LogClock()
        self._server = ServerLines(self._clock)

    def parse(self, data: bytes) -> Parsed:
        """Return the records that end in `data`; consumes nothing if the first one has no end yet."""
        csv.field_size_limit(LONGEST)
        found = _Found()
        consumed = damaged = 0
        while True:
            end = _end_of_records(data, consumed)
            whole, bad = self._records(data[consumed:end], found)
            consumed += whole
            if not bad and (end == len(data) or not _is_broken(data, consumed)):
                return Parsed(
                    found.records,
                    consumed,
                    damaged,
                    found.last_at,
                    found.first_at,
                    found.missing,
                    self._server.reloaded_at,
                )
            following = _BEGIN.search(data, data.find(b"\n", consumed) + 1 or len(data))
            damaged_to = following.start() if following else end if bad else len(data)
            damaged += damaged_to - consumed
            consumed = damaged_to

    def finish(self, data: bytes) -> Parsed:
        return self.parse(data + b"\n") if data else Parsed([], 0, 0, None)

    def _records(self, data: bytes, found: "_Found") -> tuple[int, bool]:
        """Add the records up to the first bad one; return the bytes before it, and whether there was one."""
        text = data.decode("utf-8", "surrogateescape")
        has_odd, has_returns = is_odd(text), ends_in_returns(text)
        rows = csv.reader(io.StringIO(text, newline="\n"))
        lines = 0
        try:
            for row in rows:
                fields = [field.replace("\r\n", "\n") for field in row] if has_returns else row
                at, record = self._record(fields)
                if record is not None:
                    if record.user:
                        found.records.append(readable_record(record) if has_odd else record)
                    elif (lost := self._server.take(record, found.last_at)) is not None:
                        found.missing.append(lost)
                found.first_at, found.last_at = found.first_at or at, at
                lines = rows.line_num
        except (ValueError, IndexError, OverflowError, OSError, csv.Error):
            settled = sum(map(len, islice(io.StringIO(text, newline="\n"), lines)))
            return len(text[:settled].encode("utf-8", "surrogateescape")), True
        return len(data), False

    def _record(self, row: Sequence[str]) -> tuple[datetime, LogRecord | None]:
        if len(row) < _COLUMNS:
            raise ValueError("this row is no record")
        at = self._clock.at(row[0], row[8], row[5])
        if not row[1] and not is_server_line(row[23]):
            return at, None
        client, _, _ = row[4].rpartition(":") if ":" in row[4] else (row[4], "", "")
        function = row[21].partition(",")[0]
        record = LogRecord(
            at,
            row[1],
            row[2],
            client,
            row[5],
            int(row[6]),
            row[7],
            row[11],
            row[12],
            row[13],
            row[14],
            row[18],
            row[19],
            function,
            row[23],
        )
        return at, check_identity(record)


def _end_of_records(data: bytes, begin: int) -> int:
    """Return the end of the last line that ends outside of quotes; `begin` if there is none."""
    quotes = data.count(b'"', begin)
    place = len(data)
    while True:
        line_end = data.rfind(b"\n", begin, place)
        if line_end < 0:
            return begin
        quotes -= data.count(b'"', line_end, place)
        if quotes % 2 == 0:
            return line_end + 1
        place = line_end


def _is_broken(data: bytes, begin: int) -> bool:
    """Return whether the record there can have no end: another begins in it, or it is too long."""
    line_end = data.find(b"\n", begin)
    if line_end < 0:
        return len(data) - begin >= LONGEST
    return _BEGIN.search(data, line_end + 1) is not None or len(data) - begin >= LONGEST
