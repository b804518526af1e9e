"""A cluster's log in memory: lines as jsonlog has them, in files that can be rotated, cut and lost."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from dbaccess.activity.logged import LoggedOutcome, LoggedStatement
from dbaccess.activity.records import LogRecord
from dbaccess.domain.errors import LogFileGone, SourceFailure
from dbaccess.ports import LogFile

T0 = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
SESSION = f"{int(T0.timestamp()):x}.1f"
MAYA = "jit_acme_maya_7f3a"
_FINGERPRINTED = 64


def line(number: int, message: str, *, user: str = MAYA, session: str = SESSION, **more: Any) -> bytes:
    """The line of that number in a session, `number` seconds after `T0`."""
    at = T0 + timedelta(seconds=number)
    fields = {
        "timestamp": f"{at:%Y-%m-%d %H:%M:%S}.000 UTC",
        "user": user,
        "dbname": "orders",
        "pid": 31,
        "remote_host": "10.0.0.7",
        "session_id": session,
        "line_num": number,
        "ps": "SELECT",
        "session_start": f"{T0:%Y-%m-%d %H:%M:%S} UTC",
        "error_severity": "LOG",
        "message": message,
        "backend_type": "client backend",
    }
    return json.dumps(fields | more).encode() + b"\n"


def statement(number: int, sql: str, **more: Any) -> bytes:
    return line(number, f"statement: {sql}", **more)


@dataclass(slots=True)
class MemorySource:
    """`ActivitySource`; files are in the order in which they were made."""

    contents: dict[str, bytes] = field(default_factory=dict)
    modified: dict[str, datetime] = field(default_factory=dict)
    is_silent: bool = False
    longest_read: int = 0
    reads: int = 0
    gone_after_listing: str = ""
    after_read: Callable[[], None] | None = None
    """Called once, when the next read has its answer."""

    def write(self, name: str, data: bytes, *, at: datetime = T0) -> None:
        self.contents[name] = self.contents.get(name, b"") + data
        self.modified[name] = at

    def files(self) -> Sequence[LogFile]:
        if self.is_silent:
            raise SourceFailure("main does not answer.")
        listed = [
            LogFile(
                name=name,
                size=len(data),
                modified_at=self.modified[name],
                fingerprint=hashlib.sha256(data[:_FINGERPRINTED]).hexdigest()
                if len(data) >= _FINGERPRINTED
                else "",
            )
            for name, data in self.contents.items()
        ]
        self.contents.pop(self.gone_after_listing, None)
        return listed

    def read(self, name: str, offset: int, length: int) -> bytes:
        if name not in self.contents:
            raise LogFileGone("gone")
        self.reads += 1
        self.longest_read = max(self.longest_read, length)
        found = self.contents[name][offset : offset + length]
        call, self.after_read = self.after_read, None
        if call is not None:
            call()
        return found


class PlainReader:
    """`StatementReader` for what these lines say: a statement, its duration, or the error of one."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._open: dict[str, int] = dict(state.get("open", {}))

    def take(self, records: Iterable[LogRecord]) -> Iterator[LoggedStatement | LoggedOutcome]:
        for record in records:
            word, _, rest = record.message.partition(": ")
            if word in {"statement", "inner"}:
                self._open[record.session_id] = record.line_num
                yield LoggedStatement(
                    session_id=record.session_id,
                    line_num=record.line_num,
                    at=record.at,
                    login=record.user,
                    database=record.database,
                    client=record.client,
                    sql=rest,
                    bind_values=tuple(record.detail.split(",")) if record.detail else (),
                    is_nested=word == "inner",
                )
            elif record.session_id in self._open:
                failed = record.severity == "ERROR"
                duration = timedelta(milliseconds=float(rest.split()[0])) if word == "duration" else None
                yield LoggedOutcome(
                    session_id=record.session_id,
                    line_num=self._open[record.session_id],
                    login=record.user,
                    duration=duration,
                    sqlstate=record.sqlstate if failed else None,
                    message=record.message if failed else None,
                )

    def state(self) -> Mapping[str, Any]:
        return {"open": self._open}
