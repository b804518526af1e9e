"""The statements that the records of sessions show, each with its bind values, duration and error."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final, TypeGuard

from dbaccess.activity.lines import (
    BEHIND_NAME,
    PREPARING,
    Audit,
    Line,
    LineKind,
    read_audit,
    read_line,
    read_prepared,
    read_values,
)
from dbaccess.activity.logged import LoggedOutcome, LoggedStatement
from dbaccess.activity.records import LogRecord

_SESSIONS_KEPT: Final = 1_024
_LEFT_OUT: Final = "<REDACTED>"
_PORTALS_KEPT: Final = 4
_LONGEST_KEPT: Final = 4_000
"""Characters of a text with a kept digest: clients repeat short ones."""
_WITH_PORTALS: Final = 128
"""The number of sessions, those that wrote last, with portals in the state."""


@dataclass(slots=True)
class _Draft:
    """A statement of this call, to which later records of it may add."""

    record: LogRecord
    text: str
    values: tuple[str | None, ...] = ()
    prepared: str = ""
    duration: timedelta | None = None
    rows: int | None = None
    sqlstate: str | None = None
    message: str | None = None
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    is_nested: bool = False
    is_fetch: bool = False
    has_long_name: bool = False
    is_awaited: bool = False
    """Its function was looked up before it began: another line says whether it ran."""
    rows_of: str = ""
    """The run with the rows that were added last: a text with several statements has several."""

    def logged(self) -> LoggedStatement:
        record = self.record
        return LoggedStatement(
            record.session_id,
            record.line_num,
            record.at,
            record.user,
            record.database,
            record.client,
            self.text,
            self.values,
            self.duration,
            self.rows,
            self.sqlstate,
            self.message,
            tuple(sorted(self.reads)) if self.reads else (),
            tuple(sorted(self.writes)) if self.writes else (),
            self.is_nested,
            self.prepared,
            self.is_fetch,
            self.has_long_name,
        )


_Found = list[_Draft | LoggedOutcome]


@dataclass(slots=True)
class _Session:
    """`line_num` and `digest` are of the statement that has no outcome yet; 0 if there is none.

    `draft` is that statement while it is in the same call. `ended` has the lines of the last ones with an
    outcome, by digest, and `drafts` those of this call. `inner` and `nested` are the number and draft of the
    last one that only pgaudit has shown. `calling` are those of which it has shown only that they call a
    function. `portals` are digests of what ran lately before this call, and `executed` what ran lately in it.
    """

    line_num: int = 0
    digest: str = ""
    draft: _Draft | None = None
    inner: str = ""
    nested: _Draft | None = None
    portals: list[str] = field(default_factory=list)
    executed: list[tuple[str, str, str]] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)
    has_audits: bool = False
    drafts: dict[str, _Draft] = field(default_factory=dict)
    calling: dict[str, _Draft] = field(default_factory=dict)


class Sessions:
    """Pairs the records of each session, in the order in which the server wrote them.

    `state()` is what the next call must know; it holds no text. A new instance with it goes on from there.
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        self._sessions: OrderedDict[str, _Session] = OrderedDict()
        for session_id, line_num, digest, *portals in (state or {}).get("sessions", ()):
            self._sessions[session_id] = _Session(line_num, digest, portals=portals)
        for session_id, inner, *ended in (state or {}).get("audited", ()):
            session = self._session(session_id)
            session.inner, session.ended, session.has_audits = inner, dict(ended), True

    def state(self) -> Mapping[str, Any]:
        """Return, as JSON can hold it, what is known of statements without outcome and of portals."""
        recent = set(list(self._sessions)[-_WITH_PORTALS:])
        kept = [
            [session_id, session.line_num, session.digest, *(session.portals if session_id in recent else ())]
            for session_id, session in self._sessions.items()
            if session.line_num or (session_id in recent and session.portals)
        ]
        audited = [
            [session_id, session.inner, *([digest, line_num] for digest, line_num in session.ended.items())]
            for session_id, session in self._sessions.items()
            if session_id in recent and session.has_audits
        ]
        # As lists: JSON in the database keeps the order of no object.
        state = {"sessions": kept, "audited": audited}
        return {name: several for name, several in state.items() if several}

    def take(self, records: Iterable[LogRecord]) -> Iterator[LoggedStatement | LoggedOutcome]:
        """Yield the statements that begin in these records, and outcomes of earlier ones, in their order."""
        found: _Found = []
        for record in records:
            line = read_line(record)
            if line.kind is not LineKind.OTHER:
                _READERS[line.kind](self._session(record.session_id), record, line, found)
        for session in self._sessions.values():
            session.draft = session.nested = None
            session.calling.clear()
            session.drafts.clear()
            _keep_portals(session)
        for one in found:
            yield one.logged() if isinstance(one, _Draft) else one

    def _session(self, session_id: str) -> _Session:
        session = self._sessions.get(session_id)
        if session is None:
            session = self._sessions[session_id] = _Session()
            if len(self._sessions) > _SESSIONS_KEPT:
                self._sessions.popitem(last=False)
        self._sessions.move_to_end(session_id)
        return session


def _begin(session: _Session, record: LogRecord, line: Line, found: _Found) -> None:
    detail = record.detail
    prepared = read_prepared(detail) if detail else ""
    draft = _Draft(
        record,
        line.text,
        read_values(detail) if detail and not prepared else (),
        prepared,
        line.duration,
        has_long_name=bool(line.name) and BEHIND_NAME in line.text,
    )
    if line.duration is not None and _is_told_before(session.nested, line):
        # pgaudit spoke when it began, the server when it had ended.
        found.remove(session.nested)
        draft.reads, draft.writes = session.nested.reads, session.nested.writes
    found.append(draft)
    session.inner, session.nested = "", None
    session.calling.clear()
    if line.name:
        _execute(session, (line.name, line.text, record.detail))
    session.line_num, session.digest, session.draft = record.line_num, _digest(line.text), draft
    if line.duration is not None:
        _close(session)


def _execute(session: _Session, portal: tuple[str, str, str]) -> None:
    if portal in session.executed:
        session.executed.remove(portal)
    session.executed.append(portal)
    if len(session.executed) > _PORTALS_KEPT:
        del session.executed[0]


def _keep_portals(session: _Session) -> None:
    """Leave digests of the last portals alone: of the many in one call, few are ever asked for."""
    for portal in map(_digest_of, session.executed):
        session.portals = [*(kept for kept in session.portals if kept != portal), portal][-_PORTALS_KEPT:]
    session.executed.clear()


def _is_told_before(nested: _Draft | None, line: Line) -> TypeGuard[_Draft]:
    if nested is None or nested.is_awaited:
        return False
    return not nested.is_nested and nested.text == line.text


def _fetch(session: _Session, record: LogRecord, line: Line, found: _Found) -> None:
    """A client may name a statement so that its execution looks like a fetch: then no such portal ran."""
    _keep_portals(session)
    is_fetch = _digest_of((line.name, line.text, record.detail)) in session.portals
    _begin(session, record, line, found)
    if session.draft is not None:
        session.draft.is_fetch = is_fetch


def _duration(session: _Session, record: LogRecord, line: Line, found: _Found) -> None:
    if session.draft is not None:
        session.draft.duration = line.duration
    elif session.line_num:
        found.append(
            LoggedOutcome(record.session_id, session.line_num, login=record.user, duration=line.duration)
        )
    _close(session)


def _error(session: _Session, record: LogRecord, line: Line, found: _Found) -> None:
    is_of_the_open = session.line_num and session.digest == _digest(line.text)
    if record.tag in PREPARING or not is_of_the_open:
        # It never ran: it could not be parsed or bound.
        found.append(_Draft(record, line.text, sqlstate=record.sqlstate, message=record.message))
        return
    if session.draft is not None:
        session.draft.sqlstate, session.draft.message = record.sqlstate, record.message
    else:
        found.append(
            LoggedOutcome(
                record.session_id,
                session.line_num,
                login=record.user,
                sqlstate=record.sqlstate,
                message=record.message,
                sql=line.text,
            )
        )
    _close(session)


def _audit(session: _Session, record: LogRecord, _: Line, found: _Found) -> None:
    audit = read_audit(record.message)
    if audit is None:
        return
    session.has_audits = True
    line_num = _closed(session, audit)
    draft = session.drafts.get(_digest(audit.text)) if line_num else _audited(session, audit)
    if line_num and draft is None and audit.counts_rows:
        found.append(LoggedOutcome(record.session_id, line_num, login=record.user, rows=audit.rows))
    if not line_num and draft is None and not _is_known(session, audit):
        draft = _inside(session, record, audit)
        if not draft.is_awaited:
            found.append(draft)
    elif draft is not None and draft.is_awaited and not audit.is_call:
        draft.is_awaited = False
        found.append(draft)
    if draft is not None:
        _add_objects(draft, audit)


def _closed(session: _Session, audit: Audit) -> int:
    """Return the line of the statement that had ended before pgaudit spoke of it; 0 if it has not.

    With `pgaudit.log_rows` it speaks when the portal is dropped, after the server has logged the duration.
    """
    return 0 if session.line_num else session.ended.get(_digest(audit.text), 0)


def _audited(session: _Session, audit: Audit) -> _Draft | None:
    """Return the statement of this call that pgaudit speaks of again."""
    if session.nested is not None and _is_same_run(session, audit):
        return session.nested
    if session.draft is not None and audit.text == session.draft.prepared:
        return session.draft
    if _is_open(session, audit):
        return session.draft
    called = session.calling.get(_digest(audit.text))
    if called is not None and not audit.is_call:
        del session.calling[_digest(audit.text)]
    return called


def _is_known(session: _Session, audit: Audit) -> bool:
    """Return whether an earlier call has the statement that pgaudit speaks of."""
    return _is_open(session, audit) or _is_same_run(session, audit)


def _is_open(session: _Session, audit: Audit) -> bool:
    """Return whether it is the client's statement; pgaudit leaves out its secrets."""
    is_hidden = audit.inner == 1 and _LEFT_OUT in audit.text
    return bool(session.line_num) and (_digest(audit.text) == session.digest or is_hidden)


def _is_same_run(session: _Session, audit: Audit) -> bool:
    """Return whether it is another line of the last run, or the EXECUTE around it."""
    is_around = (audit.group, audit.command) == ("MISC", "EXECUTE") and not session.line_num
    return audit.number == session.inner or (is_around and session.inner.startswith(f"{audit.of}."))


def _inside(session: _Session, record: LogRecord, audit: Audit) -> _Draft:
    """Return the statement that only pgaudit shows: the client's own if nothing else logs those."""
    is_nested = bool(session.line_num) or audit.inner > 1 or record.tag in PREPARING
    draft = _Draft(record, audit.text, values=audit.values, is_nested=is_nested)
    if audit.is_call and not session.line_num and record.tag in PREPARING:
        draft.is_nested, draft.is_awaited = audit.inner > 1, True
    session.inner, session.nested = audit.number, draft
    if audit.is_call:
        session.calling[_digest(audit.text)] = draft
    return draft


def _add_objects(draft: _Draft, audit: Audit) -> None:
    if audit.counts_rows and audit.number != draft.rows_of:
        draft.rows, draft.rows_of = (draft.rows or 0) + (audit.rows or 0), audit.number
    if audit.object_name and audit.object_type in {"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"}:
        if audit.group == "READ":
            draft.reads |= {audit.object_name}
        elif audit.group in {"WRITE", "DDL"}:
            draft.writes |= {audit.object_name}


_READERS: Final = {
    LineKind.STATEMENT: _begin,
    LineKind.FETCH: _fetch,
    LineKind.DURATION: _duration,
    LineKind.ERROR: _error,
    LineKind.AUDIT: _audit,
}


def _close(session: _Session) -> None:
    if session.line_num:
        session.ended.pop(session.digest, None)
        session.ended[session.digest] = session.line_num
        if session.draft is not None:
            session.drafts[session.digest] = session.draft
        while len(session.ended) > _PORTALS_KEPT:
            del session.ended[next(iter(session.ended))]
    session.line_num, session.digest, session.draft = 0, "", None
    session.inner, session.nested = "", None


def _digest(text: str) -> str:
    return _digest_short(text) if len(text) <= _LONGEST_KEPT else _digest_of((text,))


@lru_cache(maxsize=1_024)
def _digest_short(text: str) -> str:
    return _digest_of((text,))


def _digest_of(texts: Iterable[str]) -> str:
    return hashlib.blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=8).hexdigest()
