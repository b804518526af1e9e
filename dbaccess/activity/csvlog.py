"""The format `csvlog`: records of comma-separated values, which may hold line ends."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from dbaccess.activity.records import (
    LONGEST,
    LogClock,
    LogRecord,
    Parsed,
    check_identity,
    is_odd,
    readable_record,
)

_COLUMNS: Final = 24
"""Those that are read; newer versions add to them."""

# The beginning of a client's record. A quoted field doubles each quote, so no statement can hold this.
_BEGIN: Final = re.compile(
    rb'^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [A-Za-z0-9+:-]{1,16},"[^",\n]{1,63}","[^"\n]{1,63}",\d+,"',
    re.MULTILINE,
)


class CsvLog:
    """Reads records of `csvlog`. After damage it goes on at the next record of a client."""

    def __init__(self) -> None:
        self._clock = LogClock()

    def parse(self, data: bytes) -> Parsed:
        """Return the records that end in `data`; consumes nothing if the first one has no end yet."""
        csv.field_size_limit(LONGEST)
        records: list[LogRecord] = []
        consumed = damaged = 0
        first_at: datetime | None = None
        last_at: datetime | None = None
        while True:
            end = _end_of_records(data, consumed)
            whole, bad, began_at, at = self._records(data[consumed:end], records)
            first_at, last_at = first_at or began_at, at or last_at
            consumed += whole
            if not bad and (end == len(data) or not _is_broken(data, consumed)):
                return Parsed(records, consumed, damaged, last_at, first_at)
            following = _BEGIN.search(data, data.find(b"\n", consumed) + 1 or len(data))
            damaged_to = following.start() if following else end if bad else len(data)
            damaged += damaged_to - consumed
            consumed = damaged_to

    def finish(self, data: bytes) -> Parsed:
        return self.parse(data + b"\n") if data else Parsed([], 0, 0, None)

    def _records(
        self, data: bytes, records: list[LogRecord]
    ) -> tuple[int, bool, datetime | None, datetime | None]:
        """Add the records up to the first bad one.

        Returns the bytes up to there, whether there was one, and the times of the first and the last record.
        """
        text = data.decode("utf-8", "surrogateescape")
        has_odd = is_odd(text)
        first_at: datetime | None = None
        last_at: datetime | None = None
        rows = csv.reader(io.StringIO(text, newline="\n"))
        lines = 0
        try:
            for row in rows:
                last_at, record = self._record(row)
                first_at = first_at or last_at
                if record is not None:
                    records.append(readable_record(record) if has_odd else record)
                lines = rows.line_num
        except (ValueError, IndexError, OverflowError, OSError, csv.Error):
            settled = sum(map(len, islice(io.StringIO(text, newline="\n"), lines)))
            return len(text[:settled].encode("utf-8", "surrogateescape")), True, first_at, last_at
        return len(data), False, first_at, last_at

    def _record(self, row: Sequence[str]) -> tuple[datetime, LogRecord | None]:
        if len(row) < _COLUMNS:
            raise ValueError("this row is no record")
        at = self._clock.at(row[0], row[8], row[5])
        if not row[1]:
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
