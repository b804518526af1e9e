"""The form in which a statement is stored: without secrets, analysed, and of a bounded size."""

from functools import lru_cache
from typing import Final, NamedTuple

from dbaccess.activity.analyse import analyse
from dbaccess.activity.logged import LoggedOutcome, LoggedStatement
from dbaccess.activity.redact import Redacted, hide_literals, redact, redact_message, redact_values
from dbaccess.activity.shape import shape
from dbaccess.domain.activity import NOT_PARSED, Analysis, GrantLogin, Outcome, Statement, StatementKind
from dbaccess.domain.capture import CaptureMode

LONGEST_TEXT: Final = 1_000_000
"""Characters of a statement that are stored; a longer one is cut before its secrets are searched for."""

CUT: Final = "… [cut]"

_LONGEST_NAME: Final = 200
_MOST_TABLES: Final = 500
"""An index holds no longer name, and the holder chooses the names in a statement's text."""

_LONGEST_KEPT: Final = 4_000

_FETCH: Final = Analysis(kind=StatementKind.SESSION)


class _Read(NamedTuple):
    text: str
    secret: frozenset[int]
    analysis: Analysis


def prepare(logged: LoggedStatement, of: GrantLogin, cluster: str) -> Statement:
    """Return the statement as it is stored for this grant; no secret is in it."""
    read = _read_run(logged, of.mode)
    analysis, is_whole = _analysis(logged, read), of.mode is CaptureMode.FULL
    return Statement(
        grant_id=of.grant_id,
        cluster=cluster,
        session_id=logged.session_id,
        line_num=logged.line_num,
        at=logged.at,
        login=logged.login,
        database=logged.database,
        client=logged.client or None,
        kind=analysis.kind,
        text=read.text,
        reads=_names(analysis.reads, logged.reads),
        writes=_names(analysis.writes, logged.writes),
        is_parsed=analysis.is_parsed,
        is_nested=logged.is_nested,
        bind_values=_values(logged, read.secret) if is_whole else (),
        duration=logged.duration,
        rows=logged.rows,
        sqlstate=logged.sqlstate,
        error=_error(logged.message, of.mode, logged.sql),
    )


def _read_run(logged: LoggedStatement, mode: CaptureMode) -> _Read:
    """Read the text; an EXECUTE of what holds a secret may pass it."""
    read = _read(logged.sql, mode)
    if logged.prepared and redact(_cut(logged.prepared)) != Redacted(text=_cut(logged.prepared)):
        return read._replace(text=hide_literals(read.text).text)
    return read


def _analysis(logged: LoggedStatement, read: _Read) -> Analysis:
    """Return what the text shows: an EXECUTE is what it runs, and a fetch is no second run."""
    if logged.is_fetch:
        return _FETCH
    return _read(logged.prepared, CaptureMode.FULL).analysis if logged.prepared else read.analysis


def prepare_outcome(logged: LoggedOutcome, mode: CaptureMode) -> Outcome:
    """Return the outcome as it is stored under this mode."""
    return Outcome(
        session_id=logged.session_id,
        line_num=logged.line_num,
        duration=logged.duration,
        rows=logged.rows,
        sqlstate=logged.sqlstate,
        error=_error(logged.message, mode, logged.sql),
    )


def _error(message: str | None, mode: CaptureMode, sql: str) -> str | None:
    """Return the server's message; where literals are not stored it is left out, because it may quote one."""
    if message is None or mode is not CaptureMode.FULL:
        return None
    return redact_message(_cut(message), _cut(sql))


def _values(logged: LoggedStatement, secret: frozenset[int]) -> tuple[str | None, ...]:
    values = [None if value is None else _cut(value) for value in logged.bind_values]
    return redact_values(values, secret)


def _read(sql: str, mode: CaptureMode) -> _Read:
    """Read the text once for many runs of one statement; long texts are rarely the same."""
    if len(sql) <= _LONGEST_KEPT:
        return _read_again(sql, mode)
    return _read_anew(sql, mode)


def _read_anew(sql: str, mode: CaptureMode) -> _Read:
    redacted = redact(_cut(sql))
    text = redacted.text if mode is CaptureMode.FULL else shape(redacted.text)
    analysis = NOT_PARSED if len(sql) > LONGEST_TEXT else analyse(redacted.text)
    return _Read(text, redacted.parameters, analysis)


_read_again = lru_cache(maxsize=2_000)(_read_anew)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + CUT


def _names(*found: tuple[str, ...]) -> tuple[str, ...]:
    if not any(found):
        return ()
    names = sorted({name[:_LONGEST_NAME] for some in found for name in some})
    return tuple(names[:_MOST_TABLES])
