"""The format `stderr`: lines for people, with a `log_line_prefix` that names their session and login."""

import re
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from dbaccess.activity.log_prefix import LinePattern
from dbaccess.activity.log_time import ZoneTimes
from dbaccess.activity.made_keys import made_number, made_session
from dbaccess.activity.records import (
    LONGEST,
    LogRecord,
    Parsed,
    check_record,
    ends_in_returns,
    readable_record,
)
from dbaccess.activity.server_words import ERRORS, PARTS

NO_SQLSTATE: Final = "?????"
"""Stands for the code of an error without one in its line."""

_NOBODY: Final = frozenset({"", "[unknown]"})
_VERBOSE: Final = re.compile(r"([0-9A-Z]{5}): ")
_SECONDS_KEPT: Final = 64
_MICROSECONDS: Final = 999


@dataclass(slots=True)
class _Group:
    """The lines of one record: what its prefix says, its parts, and how many bytes they have."""

    prefix: Mapping[str, str | None]
    word: str
    parts: dict[str, list[str]] = field(default_factory=dict)
    size: int = 0

    @property
    def writer(self) -> tuple[str | None, str | None]:
        return self.prefix.get("pid"), self.prefix.get("session")

    def text(self, part: str) -> str:
        return "\n".join(self.parts.get(part, ()))


def _grow(groups: Sequence[_Group], size: int) -> None:
    if groups:
        groups[-1].size += size


class StderrLog:
    """Reads records of `stderr`. A record ends where the next one begins.

    Without `%c` and `%l` a line has no identity of its own. Then it has one made of its content, and of how
    many equal lines of its session stand before it in its second. Reading it again gives the same.
    """

    def __init__(self, pattern: LinePattern, times: ZoneTimes) -> None:
        self._pattern = pattern
        self._times = times
        self.equal: OrderedDict[str, Counter[int]] = OrderedDict()
        """The records of each moment by their content; 0 counts all."""

    def count_on(self, before: "StderrLog") -> None:
        """Count equal lines on from the end of the file that `before` has read, which this one continues."""
        self.equal = OrderedDict((second, Counter(seen)) for second, seen in before.equal.items())

    def parse(self, data: bytes) -> Parsed:
        return self._read(data, is_end=False)

    def finish(self, data: bytes) -> Parsed:
        return self._read(data if data.endswith(b"\n") else data + b"\n", is_end=True)

    def _read(self, data: bytes, *, is_end: bool) -> Parsed:
        """Return the records; the last one is left before the end of the file: more may belong to it."""
        end = data.rfind(b"\n") + 1
        text = data[:end].decode("utf-8", "surrogateescape")
        groups, damaged, begin, damaged_before = self._groups(text)
        is_too_long = len(data) >= LONGEST
        if not is_end and not is_too_long and groups:
            groups.pop()
            damaged = damaged_before
            end = len(text[:begin].encode("utf-8", "surrogateescape"))
        elif not is_end and not is_too_long:
            end, damaged = 0, 0
        records: list[LogRecord] = []
        times: list[datetime] = []
        for group in groups:
            try:
                at = self._at(group.prefix)
                record = self._record(group, at)
            except (ValueError, OverflowError, OSError):
                damaged += group.size
                continue
            times.append(at)
            if record is not None:
                records.append(readable_record(record))
        return Parsed(records, end, damaged, times[-1] if times else None, times[0] if times else None)

    def _groups(self, text: str) -> tuple[list[_Group], int, int, int]:
        """Return the records, the bytes that belong to none, where the last record begins, and those before.

        The bytes after the last record are read again with it.
        """
        groups: list[_Group] = []
        part: list[str] | None = None
        damaged = place = begin = damaged_before = 0
        is_ascii, has_returns = text.isascii(), ends_in_returns(text)
        for whole in text.split("\n")[:-1]:
            size = (len(whole) if is_ascii else len(whole.encode("utf-8", "surrogateescape"))) + 1
            line = whole.removesuffix("\r") if has_returns else whole
            found = None if line.startswith("\t") else self._pattern.match(line)
            if found is None and part is not None and line.startswith("\t"):
                part.append(line[1:])
                _grow(groups, size)
            elif found is None:
                part = None
                damaged += size if line else 0
            elif found["word"] not in PARTS:
                groups.append(_Group(found.groupdict(), found["word"], size=size))
                begin, damaged_before = place, damaged
                part = groups[-1].parts.setdefault("message", [])
                part.append(found["text"])
            else:
                part = self._part(groups, found)
                _grow(groups, size)
            place += len(whole) + 1
        return groups, damaged, begin, damaged_before

    def _part(self, groups: list[_Group], found: re.Match[str]) -> list[str]:
        """Return where a part of the last record goes; one of another process's record goes nowhere."""
        made = _Group(found.groupdict(), found["word"])
        of = groups[-1] if groups and groups[-1].writer == made.writer else made
        part = of.parts.setdefault(PARTS[found["word"]], [])
        part.append(found["text"])
        return part

    def _at(self, prefix: Mapping[str, str | None]) -> datetime:
        if epoch := prefix.get("epoch"):
            return datetime.fromtimestamp(float(epoch), UTC)
        return self._times.at(prefix["stamp"] or "", prefix["zone"] or "")

    def _record(self, group: _Group, at: datetime) -> LogRecord | None:
        """Return the record if it is of a client."""
        prefix = group.prefix
        user, database = prefix["user"] or "", prefix.get("database") or ""
        if user in _NOBODY:
            return None
        message, function = group.text("message"), group.text("location").partition(",")[0]
        verbose = _VERBOSE.match(message) if function else None
        is_error = group.word in ERRORS
        session_id, line_num, at = self._identity(group, at)
        return check_record(
            LogRecord(
                at,
                user,
                database,
                prefix.get("client") or "",
                session_id,
                line_num,
                prefix.get("tag") or "",
                group.word,
                prefix.get("sqlstate") or (verbose[1] if verbose else NO_SQLSTATE if is_error else "00000"),
                message[verbose.end() :] if verbose else message,
                group.text("detail"),
                group.text("context"),
                group.text("statement"),
                function,
                prefix.get("backend") or "",
            )
        )

    def _identity(self, group: _Group, at: datetime) -> tuple[str, int, datetime]:
        """Return session, number and time of the record; the time in the order of equal moments."""
        prefix = group.prefix
        session = prefix.get("session") or made_session(
            prefix.get("pid"),
            prefix.get("user"),
            prefix.get("database"),
            prefix.get("client"),
            prefix.get("port"),
        )
        if prefix.get("session") and prefix.get("number"):
            return session, int(prefix["number"] or 0), at
        equal = self.equal.setdefault(at.isoformat(), Counter())
        if len(self.equal) > _SECONDS_KEPT:
            self.equal.popitem(last=False)
        content = made_number(session, group.word, *(text for part in group.parts.values() for text in part))
        equal[content] += 1
        equal[0] += 1
        later = timedelta(microseconds=min(equal[0] - 1, _MICROSECONDS))
        return session, made_number(at.isoformat(), str(content), str(equal[content])), at + later
