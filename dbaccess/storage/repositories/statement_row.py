"""Conversion between statements and their rows; any number of rows in one statement."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import msgspec
from sqlalchemy import Select, select, text

from dbaccess.domain.activity import Outcome, Statement, StatementKind, table_terms
from dbaccess.domain.grant import GrantId
from dbaccess.storage.models.activity import StatementRow as Row

_TYPES: Final = {
    "cluster": "text",
    "session_id": "text",
    "line_num": "bigint",
    "grant_id": "bigint",
    "at": "timestamptz",
    "login": "text",
    "database": "text",
    "client": "text",
    "kind": "text",
    "text": "text",
    "reads": "text[]",
    "writes": "text[]",
    "tables": "text[]",
    "is_parsed": "boolean",
    "is_nested": "boolean",
    "bind_values": "text[]",
    "duration": "interval",
    "rows": "bigint",
    "sqlstate": "text",
    "error": "text",
}
_LATER: Final = ("duration", "rows", "sqlstate", "error")
"""The columns that a later line of the log fills in, once."""

_KNOWN: Final = ", ".join(f"{name} = coalesce(s.{name}, made.{name})" for name in _LATER)
_NEWS: Final = " or ".join(f"s.{name} is null and made.{name} is not null" for name in _LATER)

# One text for any number of rows: values for each would be compiled and parsed anew for each chunk. There are
# two, because an upsert would rewrite every known row whenever a file is read again. COPY is hardly faster,
# and a process that stops in the middle of one keeps its locks: no limit of the server ends that wait.
ADD: Final = text(
    f"""insert into activity_statements ({", ".join(_TYPES)})
        select {", ".join(_TYPES)} from json_to_recordset(cast(:rows as json))
               as made ({", ".join(f"{name} {kind}" for name, kind in _TYPES.items())})
        on conflict (cluster, session_id, line_num) do nothing
        returning 1"""  # noqa: S608 names of columns above
)
COMPLETE: Final = text(
    f"""with completed as (
            update activity_statements s set {_KNOWN}
              from json_to_recordset(cast(:rows as json))
                   as made (session_id text, line_num bigint, duration interval, rows bigint,
                            sqlstate text, error text)
             where s.cluster = :cluster and s.session_id = made.session_id and s.line_num = made.line_num
               and ({_NEWS})
            returning s.grant_id
        ) select distinct grant_id from completed"""  # noqa: S608 names of columns above
)


def select_statements() -> Select[Any]:
    return select(*(getattr(Row, name) for name in Statement.__slots__))


def statement_of(row: Any) -> Statement:
    fields = dict(row._mapping)  # noqa: SLF001 the public name of it in SQLAlchemy
    fields["grant_id"] = GrantId(fields["grant_id"])
    fields["kind"] = StatementKind(fields["kind"])
    for name in ("reads", "writes", "bind_values"):
        fields[name] = tuple(fields[name])
    return Statement(**fields)


def rows_of(statements: Sequence[Statement]) -> str:
    """Return the statements as the JSON that `ADD` takes."""
    return _json([_row(statement) for statement in statements])


class _Added(msgspec.Struct, gc=False, omit_defaults=True):
    """The parts of a statement that `ADD` takes; the names are those of the columns.

    The server reads a name that is left out as null, in less time than a null.
    """

    cluster: str
    session_id: str
    line_num: int
    grant_id: int
    at: datetime
    login: str
    database: str
    kind: StatementKind
    text: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    tables: tuple[str, ...]
    is_parsed: bool
    is_nested: bool
    bind_values: tuple[str | None, ...]
    client: str | None = None
    duration: timedelta | None = None
    rows: int | None = None
    sqlstate: str | None = None
    error: str | None = None


class _Later(msgspec.Struct, gc=False, omit_defaults=True):
    """The parts of an outcome that `COMPLETE` takes."""

    session_id: str
    line_num: int
    duration: timedelta | None = None
    rows: int | None = None
    sqlstate: str | None = None
    error: str | None = None


def later_parts(outcomes: Sequence[Outcome | Statement]) -> str:
    """Return what `COMPLETE` takes: the parts that came with a later line."""
    return _json(
        [
            _Later(one.session_id, one.line_num, one.duration, one.rows, one.sqlstate, one.error)
            for one in outcomes
        ]
    )


# Most statements touch the tables of another one.
_terms = lru_cache(maxsize=500)(table_terms)


def _row(one: Statement) -> _Added:
    return _Added(
        one.cluster,
        one.session_id,
        one.line_num,
        one.grant_id,
        one.at,
        one.login,
        one.database,
        one.kind,
        one.text,
        one.reads,
        one.writes,
        _terms(one.reads, one.writes),
        one.is_parsed,
        one.is_nested,
        one.bind_values,
        one.client,
        one.duration,
        one.rows,
        one.sqlstate,
        one.error,
    )


def _json(rows: Sequence[_Added | _Later]) -> str:
    """Return JSON without what PostgreSQL's text cannot hold: NUL and halves of surrogate pairs."""
    try:
        plain = msgspec.json.encode(rows)
    except UnicodeEncodeError:
        return _storable(rows)
    return _storable(rows) if b"\\u0000" in plain else plain.decode("utf-8")


def _storable(rows: Sequence[_Added | _Later]) -> str:
    plain = json.dumps(_without_nul(msgspec.to_builtins(rows)), ensure_ascii=False)
    return plain.encode("utf-8", "replace").decode("utf-8")


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, list | tuple):
        return [_without_nul(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_nul(item) for key, item in value.items()}
    return value
