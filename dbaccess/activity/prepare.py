"""The form in which a statement is stored: without secrets, analysed, and of a bounded size."""

import re
from functools import lru_cache
from typing import Final

from dbaccess.activity.analyse import analyse_named
from dbaccess.activity.logged import LoggedOutcome, LoggedStatement
from dbaccess.activity.read_text import LONGEST_TEXT, ReadText, cut, read_text
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
    values = _values(logged, read.secret) if is_whole else ()
    is_secret = _holds_secret(logged.prepared) or values != logged.bind_values
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
        bind_values=values,
        duration=logged.duration,
        rows=logged.rows,
        sqlstate=logged.sqlstate,
        error=_error(logged.message, of.mode, logged.sql, is_secret=is_secret),
    )


def _read_run(logged: LoggedStatement, mode: CaptureMode) -> ReadText:
    """Read the text; an EXECUTE of what holds a secret may pass it."""
    read = read_text(logged.sql, mode)
    if _holds_secret(logged.prepared):
        return read._replace(text=hide_literals(read.text).text)
    return read


def _analysis(logged: LoggedStatement, read: ReadText) -> Analysis:
    """Return what the text shows: an EXECUTE is what it runs, and a fetch is no second run."""
    if logged.is_fetch:
        return _FETCH
    if logged.has_long_name:
        return analyse_named(cut(logged.sql))
    return read_text(logged.prepared, CaptureMode.FULL).analysis if logged.prepared else read.analysis


def prepare_outcome(logged: LoggedOutcome, mode: CaptureMode) -> Outcome:
    """Return the outcome as it is stored under this mode."""
    return Outcome(
        session_id=logged.session_id,
        line_num=logged.line_num,
        duration=logged.duration,
        rows=logged.rows,
        sqlstate=logged.sqlstate,
        # The values were in an earlier line, which is not at hand.
        error=_error(logged.message, mode, logged.sql, is_secret=_PARAMETER.search(logged.sql) is not None),
    )


_PARAMETER: Final = re.compile(r"\$\d")


def _error(message: str | None, mode: CaptureMode, sql: str, *, is_secret: bool) -> str | None:
    """Return the server's message; where literals are not stored it is left out, because it may quote one.

    `is_secret` says of more than the text that a secret was passed, which the message may quote.
    """
    if message is None or mode is not CaptureMode.FULL:
        return None
    return redact_message(cut(message), is_secret=is_secret or _holds_secret(sql))


def _holds_secret(sql: str) -> bool:
    return bool(sql) and read_text(sql, CaptureMode.FULL).holds_secret


def _values(logged: LoggedStatement, secret: frozenset[int]) -> tuple[str | None, ...]:
    values = logged.bind_values
    if sum(map(len, filter(None, values))) <= LONGEST_TEXT:
        return redact_values(values, secret)
    return redact_values([None if value is None else cut(value) for value in values], secret)


@lru_cache(maxsize=500)
def _names(*found: tuple[str, ...]) -> tuple[str, ...]:
    names = sorted({name[:_LONGEST_NAME] for some in found for name in some})
    return tuple(names[:_MOST_TABLES])
