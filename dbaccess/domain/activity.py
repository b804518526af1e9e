"""The activity of a grant: the statements that ran, and what is known of each."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.capture import CaptureMode
from dbaccess.domain.grant import GrantId
from dbaccess.domain.grant_question import GrantQuestion
from dbaccess.domain.record_filter import Identities


class StatementKind(StrEnum):
    """The change that a statement can make, the strongest last."""

    SESSION = "session"
    """A transaction's begin or end, a setting, a cursor's move: no data of a table."""
    READ = "read"
    WRITE = "write"
    DDL = "ddl"
    """A change of objects, privileges or roles."""
    OPAQUE = "opaque"
    """Code such as `DO` and `CALL`, with an effect that no text shows, or text that cannot be parsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The analysis of a statement's text. Tables are named as the statement names them, in lower case.

    `is_parsed` is False for text that no parser understood: then `reads` and `writes` are unknown, not empty.
    """

    kind: StatementKind
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    is_parsed: bool = True


NOT_PARSED: Final = Analysis(kind=StatementKind.OPAQUE, is_parsed=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementKey:
    """The identity of a statement, and its place in time: `(cluster, session_id, line_num)` is unique."""

    at: datetime
    cluster: str
    session_id: str
    line_num: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement that ran under a grant; text and bind values hold no secret.

    `at` is when the server logged it, `line_num` the number of that line in its session. `bind_values` are
    those in order; None stands for NULL. `duration` and `rows` are None where the log does not say them.
    `sqlstate` and `error` are those of a statement that failed. `is_nested` marks one that ran inside
    another, such as in a DO block.
    """

    grant_id: GrantId
    cluster: str
    session_id: str
    line_num: int
    at: datetime
    login: str
    database: str
    client: str | None
    kind: StatementKind
    text: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    is_parsed: bool = True
    is_nested: bool = False
    bind_values: tuple[str | None, ...] = ()
    duration: timedelta | None = None
    rows: int | None = None
    sqlstate: str | None = None
    error: str | None = None

    @property
    def key(self) -> StatementKey:
        return StatementKey(
            at=self.at, cluster=self.cluster, session_id=self.session_id, line_num=self.line_num
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Facts about a statement in a later line of the session; None: the line does not have the fact."""

    session_id: str
    line_num: int
    duration: timedelta | None = None
    rows: int | None = None
    sqlstate: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantLogin:
    """The login of a grant, with the time in which a statement of that login is the grant's.

    Without `begins_at` and `ends_at` the login is the grant's alone. An open end means: until it ends.
    """

    grant_id: GrantId
    login: str
    database: str
    access: str
    mode: CaptureMode
    begins_at: datetime | None = None
    ends_at: datetime | None = None

    def overlaps(self, other: "GrantLogin") -> bool:
        """Return whether both grants had the login at one time."""
        return _begins_before_end(self, other) and _begins_before_end(other, self)


def _begins_before_end(one: GrantLogin, other: GrantLogin) -> bool:
    return one.begins_at is None or other.ends_at is None or one.begins_at <= other.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFilter:
    """None admits every statement; otherwise each part that is given must hold.

    `table` is one that is read or written, with its schema where the statement names it. `words` all occur in
    the text. `who` is the holder. It ran under a grant that `under` admits.
    """

    kind: StatementKind | None = None
    table: str | None = None
    words: str | None = None
    login: str | None = None
    target: str | None = None
    role: str | None = None
    who: Identities | None = None
    since: datetime | None = None
    until: datetime | None = None
    errors_only: bool = False
    under: GrantQuestion | None = None


EVERY_STATEMENT: Final = StatementFilter()


def table_terms(*tables: Iterable[str]) -> tuple[str, ...]:
    """Return the terms under which the tables are found: each name, and `*.name` for its last part."""
    names = {name for some in tables for name in some}
    return tuple(sorted(names | {f"*.{_last(name)}" for name in names}))


def table_query(table: str) -> list[str]:
    """Return the terms of which a statement on this table has at least one.

    A name without a schema means that table in every schema. One with a schema is also found where a
    statement leaves the schema out. It is found as it is typed, and as SQL reads it without quotes.
    """
    plain = table.replace('"', "")
    names = dict.fromkeys([plain, plain.lower()])
    return [term for name in names for term in ([name, _last(name)] if "." in name else [f"*.{name}"])]


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def digest_of(statements: Iterable[Statement]) -> str:
    """Return SHA-256 in hex over all parts of the statements, which come in the order of their keys."""
    digest = hashlib.sha256()
    for statement in statements:
        digest.update(canonical_bytes(_as_json(statement)))
        digest.update(b"\n")
    return digest.hexdigest()


def _as_json(statement: Statement) -> dict[str, Any]:
    data = {name: getattr(statement, name) for name in statement.__slots__}
    data["at"] = statement.at.astimezone(UTC).isoformat()
    data["duration"] = None if statement.duration is None else statement.duration // _MICROSECOND
    return data


_MICROSECOND: Final = timedelta(microseconds=1)
