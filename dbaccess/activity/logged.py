"""Statements in the lines of a log, before it is known which grant ran them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from dbaccess.activity.records import LogRecord


class LoggedStatement(NamedTuple):
    """A statement of a client's session. `sql`, `bind_values` and `message` may hold secrets.

    `line_num` is the number of the line that reported it first. `reads` and `writes` are the tables that
    pgaudit names. `is_nested` marks a statement inside another one. `message` is the server's, of an error.
    `prepared` is the PREPARE that an EXECUTE runs. `is_fetch` marks more rows of a portal that ran before.
    With `has_long_name`, `sql` may begin with a part of the name that the client gave to the statement.
    """

    session_id: str
    line_num: int
    at: datetime
    login: str
    database: str
    client: str
    sql: str
    bind_values: tuple[str | None, ...] = ()
    duration: timedelta | None = None
    rows: int | None = None
    sqlstate: str | None = None
    message: str | None = None
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    is_nested: bool = False
    prepared: str = ""
    is_fetch: bool = False
    has_long_name: bool = False

    def __repr__(self) -> str:
        """Return its place alone: what it says may hold secrets."""
        return f"LoggedStatement({self.session_id}, {self.line_num})"


class LoggedOutcome(NamedTuple):
    """A later line about a statement; `number` is that of its first line in the session.

    `sql` is the statement's text beside a message, which may quote a part of it.
    """

    session_id: str
    line_num: int
    login: str
    duration: timedelta | None = None
    rows: int | None = None
    sqlstate: str | None = None
    message: str | None = None
    sql: str = ""

    def __repr__(self) -> str:
        """Return its place alone: what it says may hold secrets."""
        return f"LoggedOutcome({self.session_id}, {self.line_num})"


class StatementReader(Protocol):
    """Puts the records of sessions together to statements.

    It is made anew from the state that the reader before it left, so that a restart loses nothing.
    """

    def take(self, records: Iterable[LogRecord]) -> Iterator[LoggedStatement | LoggedOutcome]:
        """Yield what these records say, in their order; they follow those of the last call.

        An outcome follows its statement, in this call or a later one, and may come more than once.
        """

    def state(self) -> Mapping[str, Any]:
        """Return what a successor needs, as JSON without any text of a statement; its size is bounded."""


BuildReader = Callable[[Mapping[str, Any]], StatementReader]
"""Makes a reader that goes on from this state; an empty one is that of a log's begin."""
