"""One connection to a cluster that never waits for ever, and whose errors tell no secret."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import psycopg
from psycopg import sql
from psycopg.abc import PQGen
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from dbaccess.domain.errors import TargetFailure, TargetUnreachable

Value = TypeVar("Value")
Query = sql.SQL | sql.Composed

NO_ANSWER: Final = "no_answer"

# The server says these before it can have committed.
_NOT_COMMITTED: Final = ("25", "23", "40", "42", "53", "55")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long things may take, in seconds. `stall` is how long the server keeps a silent transaction."""

    connect: int = 5
    answer: float = 30.0
    statement: float = 20.0
    lock: float = 10.0
    stall: float = 3.0
    sessions: float = 10.0


class Session:
    """A connection in a transaction of its own; what is not committed is gone.

    `doing` says in an error what was being done.
    """

    def __init__(self, connection: psycopg.Connection, cluster: str) -> None:
        self._connection = connection
        self._cluster = cluster
        self.doing = "looking"

    @property
    def version(self) -> int:
        return self._connection.info.server_version // 10_000

    def rows(self, query: Query, values: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """What the query returns; nothing where it returns no rows."""
        failure: TargetFailure
        try:
            cursor = self._connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            failure = self._failure(error, touched=False)
        # Outside the handler: the driver's error can quote the statement, and would ride along as context.
        raise failure

    def row(self, query: Query, values: Sequence[Any] | None = None) -> tuple[Any, ...]:
        return self.rows(query, values)[0]

    def commit(self) -> None:
        """Raises with `touched` unless the server said that it did not commit."""
        failure: TargetFailure
        try:
            self._connection.commit()
        except psycopg.Error as error:
            failure = self._failure(error, touched=not _surely_not_committed(error))
        else:
            return
        raise failure

    def rollback(self) -> None:
        self._connection.rollback()

    def verifier(self, login: str, password: str) -> str:
        """Made on this side, with the number of iterations that the server asks for."""
        made = self._connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
        return made.decode("ascii")

    def _failure(self, error: psycopg.Error, *, touched: bool) -> TargetFailure:
        code = error.sqlstate or NO_ANSWER
        name = type(error).__name__ if error.sqlstate else "the connection is gone or silent"
        return TargetFailure(
            f"{self._cluster}: {name} ({code}) while {self.doing}.", code=code, touched=touched
        )


@contextmanager
def session(url: SecretStr, cluster: str, patience: Patience, *, database: str) -> Iterator[Session]:
    """A session on that database, closed at the end; raises `TargetUnreachable`."""
    connection = _connect(url, cluster, patience, database)
    try:
        yield Session(connection, cluster)
    finally:
        connection.close()


def _connect(url: SecretStr, cluster: str, patience: Patience, database: str) -> psycopg.Connection:
    try:
        connection = _PatientConnection.connect(_address(url, patience, database))
    except psycopg.errors.ConnectionTimeout:
        code = NO_ANSWER
    except psycopg.Error as error:
        code = error.sqlstate or "unreachable"
    else:
        connection.patience = patience.answer
        return connection
    raise TargetUnreachable(f"{cluster} does not answer, or refuses the worker's login ({code}).", code=code)


def _address(url: SecretStr, patience: Patience, database: str) -> str:
    def milliseconds(seconds: float) -> int:
        return int(seconds * 1000)

    settings = {
        "idle_in_transaction_session_timeout": milliseconds(patience.stall),
        "statement_timeout": milliseconds(patience.statement),
        "lock_timeout": milliseconds(patience.lock),
        # Names in our catalogs' queries mean what they say, whatever the database's owner made.
        "search_path": "pg_catalog",
    }
    return make_conninfo(
        url.get_secret_value(),
        dbname=database,
        application_name="dbaccess",
        connect_timeout=patience.connect,
        tcp_user_timeout=milliseconds(patience.answer),
        keepalives=1,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
        options=" ".join(f"-c {name}={value}" for name, value in settings.items()),
    )


class _PatientConnection(psycopg.Connection[tuple[Any, ...]]):
    """Neither `statement_timeout` nor TCP notices a server that stays connected and silent: this does."""

    patience = 30.0

    def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:
        return super().wait(gen, interval, self.patience if timeout is None else timeout)


def _surely_not_committed(error: psycopg.Error) -> bool:
    return error.sqlstate is not None and error.sqlstate.startswith(_NOT_COMMITTED)
