"""The form in which a statement is stored: without secrets, analysed, and of a bounded size."""

from functools import lru_cache
from typing import Final

from dbaccess.activity.logged import LoggedOutcome, LoggedStatement
from dbaccess.activity.read_text import ReadText, cut, read_text
from dbaccess.activity.redact import hide_literals, redact_message, redact_values
from dbaccess.domain.activity import Analysis, GrantLogin, Outcome, Statement, StatementKind
from dbaccess.domain.capture import CaptureMode

_LONGEST_NAME: Final = 200
_MOST_TABLES: Final = 500
"""An index holds no longer name, and the holder chooses the names in a statement's text."""

_FETCH: Final = Analysis(kind=StatementKind.SESSION)


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


def _read_run(logged: LoggedStatement, mode: CaptureMode) -> ReadText:
    """Read the text; an EXECUTE of what holds a secret may pass it."""
    read = read_text(logged.sql, mode)
    if logged.prepared and read_text(logged.prepared, mode).holds_secret:
        return read._replace(text=hide_literals(read.text).text)
    return read


def _analysis(logged: LoggedStatement, read: ReadText) -> Analysis:
    """Return what the text shows: an EXECUTE is what it runs, and a fetch is no second run."""
    if logged.is_fetch:
        return _FETCH
    return read_text(logged.prepared, CaptureMode.FULL).analysis if logged.prepared else read.analysis


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
    holds_secret = bool(sql) and read_text(sql, mode).holds_secret
    return redact_message(cut(message), cut(sql) if holds_secret else "")


def _values(logged: LoggedStatement, secret: frozenset[int]) -> tuple[str | None, ...]:
    if not logged.bind_values:
        return ()
    values = [None if value is None else cut(value) for value in logged.bind_values]
    return redact_values(values, secret)


@lru_cache(maxsize=500)
def _names(*found: tuple[str, ...]) -> tuple[str, ...]:
    names = sorted({name[:_LONGEST_NAME] for some in found for name in some})
    return tuple(names[:_MOST_TABLES])
