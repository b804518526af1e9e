"""The format `jsonlog` (PostgreSQL 15 and newer): one JSON object a line."""

import json
from datetime import datetime
from typing import Any, Final

from dbaccess.activity.records import (
    LONGEST,
    LogClock,
    LogRecord,
    Parsed,
    check_record,
    is_odd,
    readable_record,
)

# JSON can spell what no text of the control database may hold.
_SPELLED: Final = ("\\u0000", "\\ud", "\\uD")


_DECODE: Final = json.JSONDecoder().raw_decode


def _read(line: str) -> dict[str, Any]:
    """Return what `json.loads` does, in less time: a line of the server begins and ends with its object."""
    found, end = _DECODE(line)
    if end != len(line):
        raise ValueError("more stands behind this record")
    return found  # type: ignore[no-any-return]  # what is no object is found out by its first use


class JsonLog:
    """Reads records of `jsonlog`. A line that is none is damaged; the lines after it are read."""

    def __init__(self) -> None:
        self._clock = LogClock()

    def parse(self, data: bytes) -> Parsed:
        """Return the records of the lines that end in `data`; consumes nothing if none has ended yet."""
        end = data.rfind(b"\n") + 1
        if end == 0:
            return Parsed([], len(data), len(data), None) if len(data) >= LONGEST else Parsed([], 0, 0, None)
        text = data[:end].decode("utf-8", "surrogateescape")
        has_odd = is_odd(text) or any(spelled in text for spelled in _SPELLED)
        records: list[LogRecord] = []
        damaged = 0
        first_at: datetime | None = None
        last_at: datetime | None = None
        for line in text.split("\n")[:-1]:
            try:
                at, record = self._record(_read(line))
            except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, OSError):
                damaged += len(line.encode("utf-8", "surrogateescape")) + 1
                continue
            first_at, last_at = first_at or at, at
            if record is not None:
                records.append(readable_record(record) if has_odd else record)
        return Parsed(records, end, damaged, last_at, first_at)

    def finish(self, data: bytes) -> Parsed:
        return self.parse(data + b"\n") if data else Parsed([], 0, 0, None)

    def _record(self, found: dict[str, Any]) -> tuple[datetime, LogRecord | None]:
        """Return the time of a record, and the record if it is of a client."""
        get = found.get
        at = self._clock.at(found["timestamp"], found["session_start"], found["session_id"])
        user = get("user")
        if not user:
            return at, None
        record = LogRecord(
            at,
            user,
            get("dbname", ""),
            get("remote_host", ""),
            found["session_id"],
            found["line_num"],
            get("ps", ""),
            found["error_severity"],
            get("state_code", "00000"),
            get("message", ""),
            get("detail", ""),
            get("context", ""),
            get("statement", ""),
            get("func_name", ""),
            get("backend_type", ""),
        )
        return at, check_record(record)
