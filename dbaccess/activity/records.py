"""Records of a server's log, in whatever format the server wrote them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

LONGEST: Final = 16 * 1024 * 1024
"""Bytes of the longest record that is read; a longer one is skipped as damaged."""

_SESSION_ID: Final = re.compile(r"([0-9a-f]{1,16})\.[0-9a-f]{1,8}")
_LONGEST_ID: Final = 25
_ZONES_KEPT: Final = 64
_LINES: Final = 2**63


class LogRecord(NamedTuple):
    """One record of a client's session. Texts are empty where the record has none.

    `message`, `detail` and `statement` may hold secrets: nothing stores or logs a record.
    """

    at: datetime
    user: str
    database: str
    client: str
    session_id: str
    line_num: int
    tag: str
    """The command tag, or the state of the session when the record was written."""
    severity: str
    sqlstate: str
    message: str
    detail: str
    context: str
    statement: str
    """The client's statement that led to the record; the server leaves it out of its own statement lines."""
    function: str
    """The server's function that wrote the record, with `log_error_verbosity = verbose`."""
    backend: str


class Missing(NamedTuple):
    """A time of which lines may be missing, because the server was up at `up_at` without writing this log.

    `began_at` is the time of the last line before; None: it is not among these records.
    """

    began_at: datetime | None
    until: datetime
    up_at: datetime


class Parsed(NamedTuple):
    """The whole records at the beginning of some bytes.

    `consumed` bytes need not be read again. `damaged` of them belong to no record that can be read. `last_at`
    is the time of the last record, of background processes too, and `first_at` that of the first. The records
    are of clients alone. `missing` are times of which lines may be missing between records. `reloaded_at` is
    when the server last read its settings anew.
    """

    records: list[LogRecord]
    consumed: int
    damaged: int
    last_at: datetime | None
    first_at: datetime | None = None
    missing: Sequence[Missing] = ()
    reloaded_at: datetime | None = None


class LogFormat(Protocol):
    """A format of the log; one instance reads one file from its beginning or from a place between records."""

    def parse(self, data: bytes) -> Parsed:
        """Return the records that end in `data`, which begins where the last call stopped consuming.

        Consumes nothing only if the first record has no end yet: then more bytes are needed. It never raises
        for what stands in a log. From `LONGEST` bytes on it consumes at least the damaged beginning.
        """

    def finish(self, data: bytes) -> Parsed:
        """Return the records in the rest of a file that no longer grows; a last line may lack its end."""


class LogClock:
    """Turns the local times of a log into UTC.

    The server writes the abbreviation of a time zone, which can mean several. Each record has the start of
    its session twice: as a local time, and in its session id as seconds in UTC. The difference is the offset.
    """

    def __init__(self) -> None:
        self._offsets: dict[str, str] = {}

    def at(self, stamp: str, session_start: str, session_id: str) -> datetime:
        """Return the time of a record; raises `ValueError` for what is no time of a log."""
        naive, _, zone = stamp.rpartition(" ")
        offset = self._offsets.get(zone) or self._learn(zone, session_start, session_id)
        found = datetime.fromisoformat(naive + offset)
        return found if offset == "+00:00" else found.astimezone(UTC)

    def known(self, stamp: str) -> datetime | None:
        """Return a time in a zone of an earlier record; None for another zone."""
        naive, _, zone = stamp.rpartition(" ")
        offset = self._offsets.get(zone)
        return None if offset is None else datetime.fromisoformat(naive + offset).astimezone(UTC)

    def _learn(self, zone: str, session_start: str, session_id: str) -> str:
        if zone in {"UTC", "GMT"}:
            offset = "+00:00"
        else:
            offset = _offset(session_start, session_id)
            # A session that began before the clocks changed says nothing of the zone that holds now.
            if session_start.rpartition(" ")[2] != zone:
                return offset
        if len(self._offsets) >= _ZONES_KEPT:
            self._offsets.clear()
        self._offsets[zone] = offset
        return offset


def _offset(session_start: str, session_id: str) -> str:
    """Return the offset of a session's local start from UTC, as ISO 8601 writes it."""
    began = check_session_id(session_id)
    local = datetime.fromisoformat(session_start.rpartition(" ")[0]).replace(tzinfo=UTC)
    minutes = round((local - began) / timedelta(minutes=1))
    sign, minutes = "-" if minutes < 0 else "+", abs(minutes)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"


def check_session_id(session_id: str) -> datetime:
    """Return the start of the session that its id holds; raises `ValueError` for anything else."""
    found = _SESSION_ID.fullmatch(session_id)
    if found is None:
        raise ValueError("this is no session id")
    return datetime.fromtimestamp(int(found[1], 16), UTC)


def check_record(record: LogRecord) -> LogRecord:
    """Return the record; raises `ValueError` if a field is not what servers write."""
    if {*map(type, record[1:5]), *map(type, record[6:])} != {str}:
        raise ValueError("a field of this record is no text")
    if type(record.line_num) is not int:
        raise ValueError("this is no line number")
    return check_identity(record)


def check_identity(record: LogRecord) -> LogRecord:
    """Return the record; raises `ValueError` if it has not the session and the line that servers write."""
    if not 0 < record.line_num < _LINES:
        raise ValueError("this is no line number")
    if not _is_session_id(record.session_id):
        raise ValueError("this is no session id")
    return record


def _is_session_id(text: str) -> bool:
    return len(text) <= _LONGEST_ID and _is_short_session_id(text)


@lru_cache(maxsize=1_024)
def _is_short_session_id(text: str) -> bool:
    return _SESSION_ID.fullmatch(text) is not None


def is_odd(text: str) -> bool:
    """Return whether there is anything in the text that `readable` replaces."""
    # The search takes as long as the rest of the parsing, and nearly all logs are ASCII.
    return "\0" in text or (not text.isascii() and UNREADABLE.search(text) is not None)


def ends_in_returns(text: str) -> bool:
    """Return whether each line ends in CR and LF, as servers on Windows and some transfers write it.

    Elsewhere only lines inside a statement can, and the record's own end does not.
    """
    return "\r\n" in text and text.count("\n") == text.count("\r\n")


def readable_record(record: LogRecord) -> LogRecord:
    """Return the record with texts that can be stored."""
    return LogRecord._make(readable(value) if isinstance(value, str) else value for value in record)


def readable(text: str) -> str:
    r"""Return text that can be stored: NUL, surrogates and bytes that are no UTF-8 become such as `\xfc`."""
    return UNREADABLE.sub(_shown, text)


UNREADABLE: Final = re.compile("[\0\ud800-\udfff]")
_ESCAPED_BYTES: Final = range(0xDC80, 0xDD00)


def _shown(found: re.Match[str]) -> str:
    number = ord(found.group())
    if number in _ESCAPED_BYTES:  # as `surrogateescape` reads a byte that is no UTF-8
        number -= 0xDC00
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"  # noqa: PLR2004 one byte
