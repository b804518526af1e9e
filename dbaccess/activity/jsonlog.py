"""The format `jsonlog` (PostgreSQL 15 and newer): one JSON object a line."""

import json
from datetime import datetime
from typing import Any, Final

import msgspec

from dbaccess.activity.records import (
    LONGEST,
    LogClock,
    LogRecord,
    Missing,
    Parsed,
    check_identity,
    check_record,
    is_odd,
    readable_record,
)
from dbaccess.activity.server_lines import ServerLines, is_server_line

# JSON can spell what no text of the control database may hold.
_SPELLED: Final = ("\\u0000", "\\ud", "\\uD")


class _Line(msgspec.Struct, gc=False):
    """The parts of a line that are read. The names are the server's."""

    timestamp: str
    session_id: str
    line_num: int
    session_start: str
    error_severity: str
    user: str = ""
    dbname: str = ""
    remote_host: str = ""
    ps: str = ""
    state_code: str = "00000"
    message: str = ""
    detail: str = ""
    context: str = ""
    statement: str = ""
    func_name: str = ""
    backend_type: str = ""


_DECODE_LINE: Final = msgspec.json.Decoder(_Line).decode
_DECODE_ANY: Final = json.JSONDecoder().raw_decode


class JsonLog:
    """Reads records of `jsonlog`. A line that is none is damaged; the lines after it are read."""

    def __init__(self) -> None:
        self._clock = LogClock()
        self._server = ServerLines(self._clock)

    def parse(self, data: bytes) -> Parsed:
        """Return the records of the lines that end in `data`; consumes nothing if none has ended yet."""
        end = data.rfind(b"\n") + 1
        if end == 0:
            return Parsed([], len(data), len(data), None) if len(data) >= LONGEST else Parsed([], 0, 0, None)
        records: list[LogRecord] = []
        damaged = 0
        missing: list[Missing] = []
        first_at: datetime | None = None
        last_at: datetime | None = None
        for line in data[: end - 1].split(b"\n"):
            try:
                at, record = self._read(line)
            except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, OSError):
                damaged += len(line) + 1
                continue
            if record is not None:
                if record.user:
                    records.append(record)
                elif (lost := self._server.take(record, last_at)) is not None:
                    missing.append(lost)
            first_at, last_at = first_at or at, at
        return Parsed(records, end, damaged, last_at, first_at, missing, self._server.reloaded_at)

    def finish(self, data: bytes) -> Parsed:
        return self.parse(data + b"\n") if data else Parsed([], 0, 0, None)

    def _read(self, line: bytes) -> tuple[datetime, LogRecord | None]:
        """Return the time of a record, and the record if it is of a client or may tell of missing ones."""
        line = line.removesuffix(b"\r")  # of a server on Windows
        if b"\\u" not in line and line.startswith(b"{") and line.endswith(b"}"):
            try:
                found = _DECODE_LINE(line)
            except (msgspec.DecodeError, UnicodeError):
                pass  # bytes that are no UTF-8, or no record at all
            else:
                return self._plain(found)
        return self._any(line.decode("utf-8", "surrogateescape"))

    def _plain(self, found: _Line) -> tuple[datetime, LogRecord | None]:
        at = self._clock.at(found.timestamp, found.session_start, found.session_id)
        if not found.user and not is_server_line(found.backend_type):
            return at, None
        record = LogRecord(
            at,
            found.user,
            found.dbname,
            found.remote_host,
            found.session_id,
            found.line_num,
            found.ps,
            found.error_severity,
            found.state_code,
            found.message,
            found.detail,
            found.context,
            found.statement,
            found.func_name,
            found.backend_type,
        )
        return at, check_identity(record)

    def _any(self, line: str) -> tuple[datetime, LogRecord | None]:
        """Read a line with texts of any content."""
        found, end = _DECODE_ANY(line)
        if end != len(line):
            raise ValueError("more stands behind this record")
        at, record = self._record(found)
        if record is not None and (is_odd(line) or any(spelled in line for spelled in _SPELLED)):
            record = readable_record(record)
        return at, record

    def _record(self, found: dict[str, Any]) -> tuple[datetime, LogRecord | None]:
        get = found.get
        at = self._clock.at(found["timestamp"], found["session_start"], found["session_id"])
        user = get("user", "")
        if not user and not is_server_line(get("backend_type", "")):
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
