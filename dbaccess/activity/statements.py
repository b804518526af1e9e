"""The statements that the records of sessions show, each with its bind values, duration and error."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from dbaccess.activity.lines import (
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
_PORTALS_KEPT: Final = 4
_WITH_PORTALS: Final = 128
"""Sessions, those that wrote last, whose portals the state has."""

_SAID_BEFORE: Final = "<previously logged>"


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
    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    is_nested: bool = False
    is_fetch: bool = False

    def logged(self) -> LoggedStatement:
        return LoggedStatement(
            session_id=self.record.session_id,
            line_num=self.record.line_num,
            at=self.record.at,
            login=self.record.user,
            database=self.record.database,
            client=self.record.client,
            sql=self.text,
            bind_values=self.values,
            duration=self.duration,
            rows=self.rows,
            sqlstate=self.sqlstate,
            message=self.message,
            reads=tuple(sorted(self.reads)),
            writes=tuple(sorted(self.writes)),
            is_nested=self.is_nested,
            prepared=self.prepared,
            is_fetch=self.is_fetch,
        )


_Found = list[_Draft | LoggedOutcome]


@dataclass(slots=True)
class _Session:
    """`line_num` and `digest` are of the statement that has no outcome yet; 0 if there is none.

    `draft` is that statement while it is in the same call; `inner` and `nested` are the last one that only
    pgaudit has shown. `portals` are digests of what ran lately.
    """

    line_num: int = 0
    digest: str = ""
    draft: _Draft | None = None
    inner: str = ""
    nested: _Draft | None = None
    portals: list[str] = field(default_factory=list)


class Sessions:
    """Pairs the records of each session, in the order in which the server wrote them.

    `state()` is what the next call must know; it holds no text. A new instance with it goes on from there.
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        self._sessions: OrderedDict[str, _Session] = OrderedDict()
        for session_id, line_num, digest, *portals in (state or {}).get("sessions", ()):
            self._sessions[session_id] = _Session(line_num, digest, portals=portals)

    def state(self) -> Mapping[str, Any]:
        """Return, as JSON can hold it, what is known of statements without outcome and of portals."""
        recent = set(list(self._sessions)[-_WITH_PORTALS:])
        kept = [
            [session_id, session.line_num, session.digest, *(session.portals if session_id in recent else ())]
            for session_id, session in self._sessions.items()
            if session.line_num or (session_id in recent and session.portals)
        ]
        # As a list: JSON in the database keeps the order of no object.
        return {"sessions": kept} if kept else {}

    def take(self, records: Iterable[LogRecord]) -> Iterator[LoggedStatement | LoggedOutcome]:
        """Yield the statements that begin in these records, and outcomes of earlier ones, in their order."""
        found: _Found = []
        for record in records:
            line = read_line(record)
            if line.kind is not LineKind.OTHER:
                _READERS[line.kind](self._session(record.session_id), record, line, found)
        for session in self._sessions.values():
            session.draft = session.nested = None
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
    draft = _Draft(
        record,
        line.text,
        values=read_values(record.detail),
        prepared=read_prepared(record.detail),
        duration=line.duration,
    )
    found.append(draft)
    session.inner, session.nested = "", None
    if line.name:
        portal = _digest(line.name, line.text, record.detail)
        session.portals = [*(kept for kept in session.portals if kept != portal), portal][-_PORTALS_KEPT:]
    if line.duration is None:
        session.line_num, session.digest, session.draft = record.line_num, _digest(line.text), draft
    else:
        _close(session)


def _fetch(session: _Session, record: LogRecord, line: Line, found: _Found) -> None:
    """A client may name a statement so that its execution looks like a fetch: then no such portal ran."""
    is_fetch = _digest(line.name, line.text, record.detail) in session.portals
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
            )
        )
    _close(session)


def _audit(session: _Session, record: LogRecord, _: Line, found: _Found) -> None:
    audit = read_audit(record.message)
    if audit is None:
        return
    draft, is_new = _audited(session, record, audit)
    if draft is not None:
        _add_objects(draft, audit)
    if draft is not None and is_new:
        found.append(draft)


def _audited(session: _Session, record: LogRecord, audit: Audit) -> tuple[_Draft | None, bool]:
    """Return the statement that pgaudit speaks of, None if an earlier call has it; and whether it is new."""
    digest = _digest(audit.text)
    is_first = audit.substatement == 1
    if session.line_num and (is_first or digest == session.digest or audit.text == _SAID_BEFORE):
        return session.draft, False
    if session.draft is not None and audit.text == session.draft.prepared:
        return session.draft, False
    if not is_first and digest == session.inner:
        return session.nested, False
    draft = _Draft(record, audit.text, is_nested=not is_first or record.tag in PREPARING)
    session.inner, session.nested = digest, draft
    return draft, True


def _add_objects(draft: _Draft, audit: Audit) -> None:
    if audit.rows is not None:
        draft.rows = audit.rows
    if audit.object_name and audit.object_type in {"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"}:
        if audit.group == "READ":
            draft.reads.add(audit.object_name)
        elif audit.group in {"WRITE", "DDL"}:
            draft.writes.add(audit.object_name)


_READERS: Final = {
    LineKind.STATEMENT: _begin,
    LineKind.FETCH: _fetch,
    LineKind.DURATION: _duration,
    LineKind.ERROR: _error,
    LineKind.AUDIT: _audit,
}


def _close(session: _Session) -> None:
    session.line_num, session.digest, session.draft = 0, "", None
    session.inner, session.nested = "", None


def _digest(*texts: str) -> str:
    return hashlib.blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=8).hexdigest()
