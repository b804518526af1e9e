"""Streams that take lines: a file and a syslog daemon."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from dbaccess.domain.errors import WitnessFailure
from dbaccess.domain.ledger import Entry, Expected
from dbaccess.sinks.private_file import PrivateFile
from dbaccess.sinks.rfc5424 import Rfc5424

Format = Callable[[Entry], dict[str, Any]]

SYSLOG_LONGEST: Final = 8000
"""In bytes: rsyslog cuts what is longer than 8,192 bytes, and a cut line is no JSON."""


def as_line(entry: Entry, form: Format) -> str:
    """Return the entry as one line of JSON; JSON escapes every line break."""
    return json.dumps(form(entry), ensure_ascii=False, separators=(",", ":"))


def _named(line: bytes) -> Expected | None:
    """Return the entry that a line names, in our own format or in OCSF; None for any other line."""
    try:
        found = json.loads(line)
        about = found.get("metadata", found)
        seq, digest = about.get("sequence", found.get("seq")), about.get("uid", found.get("hash"))
        return Expected(seq=int(seq), hash=bytes.fromhex(digest))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


class FileStream:
    """A `ports.Stream` that appends lines. Each host has a file of its own, with all entries."""

    def __init__(self, path: Path, form: Format) -> None:
        self._file, self._form = PrivateFile(path), form
        self.place = f"stream:{self._file.place}"

    def held(self) -> Expected | None:
        try:
            return next(filter(None, map(_named, self._file.tail())), None)
        except WitnessFailure:
            return None  # `take` will tell it

    def take(self, entries: Sequence[Entry]) -> None:
        self._file.append(*(as_line(entry, self._form) for entry in entries))


class SyslogStream:
    """A `ports.Stream`; of an entry that is too long for a daemon it sends place, hash and length."""

    def __init__(self, address: str, form: Format) -> None:
        self._syslog, self._form = Rfc5424(address), form
        self.place = f"stream:{self._syslog.place}"

    def held(self) -> None:
        return None

    def take(self, entries: Sequence[Entry]) -> None:
        self._syslog.send("ledger", [self._message(entry) for entry in entries])

    def _message(self, entry: Entry) -> str:
        line = as_line(entry, self._form)
        if len(line.encode()) <= SYSLOG_LONGEST:
            return line
        return json.dumps({"seq": entry.seq, "hash": entry.hash.hex(), "too_long": len(entry.body)})
