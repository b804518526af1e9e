"""Lines that the server writes about a statement: what kind of line it is, and what it says."""

import csv
import io
import re
from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from dbaccess.activity.records import LogRecord
from dbaccess.activity.server_words import ERRORS, PREPARED, said


class LineKind(StrEnum):
    STATEMENT = "statement"
    """A statement begins. One with its duration has ended, too."""
    FETCH = "fetch"
    """More rows of a portal that was executed before."""
    DURATION = "duration"
    ERROR = "error"
    AUDIT = "audit"
    """A line of pgaudit."""
    OTHER = "other"


class Line(NamedTuple):
    """The content of a record. `text` is SQL, `name` that of a prepared statement and its portal."""

    kind: LineKind
    text: str = ""
    name: str = ""
    duration: timedelta | None = None


class Audit(NamedTuple):
    """A statement, or one inside it, as pgaudit logs it.

    It has a line for each table. `number` is the same in all lines of one run, and `of` in those of all that
    one statement of the client ran.
    """

    of: int
    inner: int
    group: str
    command: str
    object_type: str
    object_name: str
    text: str
    rows: int | None
    values: tuple[str | None, ...] = ()
    """With `pgaudit.log_parameter`; it writes an empty text as it writes NULL."""

    @property
    def number(self) -> str:
        return f"{self.of}.{self.inner}"

    @property
    def counts_rows(self) -> bool:
        """Return whether the rows are known: of other commands pgaudit says 0 whatever they did."""
        return self.rows is not None and self.command in _COUNTED

    @property
    def is_call(self) -> bool:
        """Return whether it is a function that a statement calls: the line has the text of that statement."""
        return (self.group, self.command) == ("FUNCTION", "EXECUTE")


_COUNTED: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"})

OTHER: Final = Line(LineKind.OTHER)
_AUDIT: Final = Line(LineKind.AUDIT)

_SIMPLE, _EXECUTE, _FASTPATH = "exec_simple_query", "exec_execute_message", "HandleFunctionRequest"
_WRITES_STATEMENTS: Final = frozenset({_SIMPLE, _EXECUTE, _FASTPATH})
_WRITES_AUDITS: Final = "log_audit_event"
_WRITES_LINES: Final = _WRITES_STATEMENTS | {_WRITES_AUDITS}
# Before a statement runs, its parts are parsed and bound. Their durations and errors belong to no execution.
PREPARING: Final = frozenset({"PARSE", "BIND"})
_CLIENTS: Final = frozenset({"", "client backend"})

_MESSAGE: Final = re.compile(
    r"(?:duration: (?P<ms>\d+\.\d+) ms  )?"
    r"(?:(?P<simple>statement: )|(?P<fetch>execute fetch from )|(?P<execute>execute )|(?P<part>parse |bind )|"
    r"(?P<fastpath>(?=fastpath function call: )))?"
)
_LONGEST_DURATION: Final = 16
"""Digits of the duration of a statement that ran for a thousand years."""
_PARAMETER: Final = re.compile(r"\$\d+ = (?:NULL|'(?P<value>(?:[^']++|'')*+)'(?:\.\.\.)?)(?:, )?")


def read_line(record: LogRecord) -> Line:
    """Return what the record says of a statement; OTHER for every line that the server did not write as such.

    A holder's `RAISE LOG` can have any message, and no function of the server's as its source.
    """
    if record.severity in ERRORS:
        return Line(LineKind.ERROR, record.statement) if record.statement and _is_client(record) else OTHER
    if not _is_client(record) or not _is_servers(record):
        return OTHER
    if record.message.startswith("AUDIT: "):
        return _AUDIT if record.function in {"", _WRITES_AUDITS} else OTHER
    if record.function == _WRITES_AUDITS:
        return OTHER
    return _statement_line(record)


def _is_client(record: LogRecord) -> bool:
    """A parallel worker repeats what the client's own session reports."""
    return record.backend in _CLIENTS


def _is_servers(record: LogRecord) -> bool:
    if record.function:
        return record.function in _WRITES_LINES
    return not record.context and not record.statement


def _statement_line(record: LogRecord) -> Line:
    # The most frequent kind of line is tried first, because the pattern takes as long as all the rest.
    message = record.message
    if message.startswith("duration: ") and message.endswith(" ms"):
        duration = _milliseconds(message[len("duration: ") : -len(" ms")])
        if duration is not None:
            return OTHER if record.tag in PREPARING else Line(LineKind.DURATION, "", "", duration)
    if message.startswith("statement: "):
        return Line(LineKind.STATEMENT, message[len("statement: ") :])
    if message.startswith("execute ") and not message.startswith("execute fetch from "):
        return _executed(message[len("execute ") :], None, is_fetch=False)
    return _rarer_line(record)


def _rarer_line(record: LogRecord) -> Line:
    message = record.message
    found = _MESSAGE.match(message)
    if found is None or not found.end():
        return _translated(record)
    if found["part"]:
        return OTHER
    duration = _milliseconds(found["ms"])
    rest = message[found.end() :]
    if found["simple"] or found["fastpath"] is not None:
        return Line(LineKind.STATEMENT, rest, duration=duration)
    if found["fetch"] or found["execute"]:
        return _executed(rest, duration, is_fetch=bool(found["fetch"]))
    return OTHER


def _milliseconds(text: str | None) -> timedelta | None:
    """Return the duration; None for one that no server can have written."""
    if not text or len(text) > _LONGEST_DURATION or text[-4:-3] != ".":
        return None
    digits = text[:-4] + text[-3:]
    return timedelta(0, 0, int(digits)) if digits.isdecimal() else None


def _translated(record: LogRecord) -> Line:
    """Return what a line says in another language than English."""
    found = said(record.message)
    if found is None or found.form == "part":
        return OTHER
    duration = _milliseconds(found.milliseconds)
    if found.form in {"fetch", "execute"}:
        return _executed(found.rest, duration, is_fetch=found.form == "fetch")
    if found.form == "duration":
        is_known = duration is not None and record.tag not in PREPARING
        return Line(LineKind.DURATION, duration=duration) if is_known else OTHER
    return Line(LineKind.STATEMENT, found.rest, duration=duration)


BEHIND_NAME: Final = ": "
"""Stands between the name of a prepared statement and its text."""


def _executed(rest: str, duration: timedelta | None, *, is_fetch: bool) -> Line:
    # The client chose the name. One with a colon leaves more in the text than ran, and never less.
    name, _, text = rest.partition(BEHIND_NAME)
    return Line(LineKind.FETCH if is_fetch else LineKind.STATEMENT, text, name, duration)


def read_values(detail: str) -> tuple[str | None, ...]:
    """Return the bind values that a detail lists; None stands for NULL."""
    begin = detail.find("$1 = ")
    values: list[str | None] = []
    while begin >= 0 and (found := _PARAMETER.match(detail, begin)):
        value = found["value"]
        values.append(None if value is None else value.replace("''", "'"))
        begin = found.end()
    return tuple(values)


def read_prepared(detail: str) -> str:
    """Return the PREPARE of the statement that an EXECUTE runs; empty if the detail has none."""
    if not detail.startswith(PREPARED):
        return ""
    return detail.removeprefix(next(words for words in PREPARED if detail.startswith(words)))


def read_audit(message: str) -> Audit | None:
    """Return what a line of pgaudit says; None if it is none."""
    try:
        fields = next(csv.reader(io.StringIO(message.removeprefix("AUDIT: "), newline="\n")), [])
        _, of, inner, group, command, object_type, object_name, text, *more = fields
        rows = int(more[1]) if len(more) > 1 and more[1].isdigit() else None
        values = _audit_values(more[0] if more else "")
        return Audit(int(of), int(inner), group, command, object_type, object_name, text, rows, values)
    except (ValueError, csv.Error):
        return None


_NO_VALUES: Final = frozenset({"", "<none>", "<not logged>", "[not logged]"})


def _audit_values(text: str) -> tuple[str | None, ...]:
    if text in _NO_VALUES:
        return ()
    return tuple(value or None for value in next(csv.reader(io.StringIO(text, newline="\n")), []))
