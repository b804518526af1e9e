"""Connections to the control database, with pinned settings and without endless waits."""

import time
from collections.abc import Sequence
from typing import Any, Final, LiteralString, NoReturn, TypeVar

import psycopg
from psycopg.abc import PQGen, Query
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.waiting import Ready
from sqlalchemy import text

from dbaccess.host_addresses import connect_by_address
from dbaccess.storage.url import Url, libpq_url

Value = TypeVar("Value")
Row = tuple[Any, ...]

STALL: Final = "3s"
"""How long the server keeps a transaction, and its locks, while its process is idle."""

_TURN: Final = 0.5
"""Seconds of one wait. Listeners wait nearly all the time, so shorter ones would keep a core busy."""

LOOK_AFTER: Final = 1.5
"""Seconds of silence before a second connection checks whether the server works on the statement."""

LOOK_CONNECTS_WITHIN: Final = 2
"""Seconds for that connection; libpq takes no fewer."""

_SETTINGS: Final = {
    # The server, the database or the role can have another default of each of these.
    "DateStyle": "ISO,MDY",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "search_path": "public,pg_temp",
    "role": "none",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "array_nulls": "on",
    "standard_conforming_strings": "on",
    "transform_null_equals": "off",
    "quote_all_identifiers": "off",
    # Otherwise a search for words shows some of what it finds.
    "gin_fuzzy_search_limit": "0",
    # One refusal is one failure, and does not end the session.
    "exit_on_error": "off",
    # The database's owner may set it: a missing library would refuse every session.
    "local_preload_libraries": "",
    "post_auth_delay": "0",
    "default_transaction_read_only": "off",
    "default_transaction_deferrable": "off",
    "default_transaction_isolation": "read committed",
    "synchronous_commit": "on",
    "statement_timeout": "30s",
    "lock_timeout": "0",
    "idle_session_timeout": "0",
    # The server notices a dead peer, and frees its locks.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "5s",
}
_HAS_TRANSACTION_TIMEOUT: Final = 170_000

_PATH: Final = {
    "connect_timeout": 3,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 4_000,
    "client_encoding": "utf8",
}


WRITABLE: Final = "select pg_is_in_recovery(), current_setting('transaction_read_only')::bool"
"""For `why_read_only`. The second is true on a standby too, and where the server overrides our setting."""

ENCODING: Final = "select current_setting('server_encoding')"
"""For `wrong_encoding`."""

LEAVE_TIME: Final = text("select set_config('idle_in_transaction_session_timeout', '2min', true)")
"""For a transaction that waits for Slack or Redis, and that locks no row which an end needs.

`end_blockers` names the tables in which it may lock rows.
"""

_IS_AT_WORK: Final = "select state in ('active', 'disabled') from pg_stat_activity where pid = %s"
"""Without `track_activities` the server does not tell; then `statement_timeout` is the limit."""


class SilentServer(psycopg.OperationalError):
    """An answer does not arrive: it was lost, or the server does not work on it. The connection is closed."""


class Cursor(psycopg.Cursor[Row]):
    """Refuses `executemany`, which removes the time limit of a transaction.

    Its pipeline ends with Flush after Sync. PostgreSQL then disarms `idle_in_transaction_session_timeout`, so
    that a process which stops before its commit keeps its locks. Use `insert(table).values(rows)`.
    """

    def executemany(self, query: Query, params_seq: Any, *, returning: bool = False) -> NoReturn:
        raise NotImplementedError("executemany disarms idle_in_transaction_session_timeout")


class ControlConnection(psycopg.Connection[Row]):
    """Raises `SilentServer` when neither TCP nor the server notices that an answer is lost."""

    _last: tuple[LiteralString, Sequence[str]] | None = None

    def leave_for_commit(self, query: LiteralString, values: Sequence[str]) -> None:
        """Have the commit run the query right before it; a rollback drops it."""
        self._last = query, values

    def commit(self) -> None:
        last, self._last = self._last, None
        if last is None:
            super().commit()
            return
        # One message has both, so the locks of the query are held while the server works, and not while a
        # process does. It begins once all has arrived. Two statements need values that are quoted here.
        query, values = last
        try:
            with psycopg.ClientCursor(self) as cursor:
                cursor.execute(f"{query}; commit", values)
        finally:
            # As after any commit that fails: no transaction is left.
            if self.pgconn.transaction_status == TransactionStatus.INERROR:
                super().rollback()

    def rollback(self) -> None:
        self._last = None
        super().rollback()

    def wait(self, gen: PQGen[Value], interval: float = _TURN, timeout: float | None = None) -> Value:
        return super().wait(self._watched(gen), interval, timeout)

    def _watched(self, gen: PQGen[Value]) -> PQGen[Value]:
        """Run `gen`; in a long silence ask over another connection whether the server works."""
        look_at, at_work = time.monotonic() + LOOK_AFTER, True
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready != Ready.NONE:
                    look_at, at_work = time.monotonic() + LOOK_AFTER, True
                elif not at_work:
                    # One more turn: an answer that was under way during the check has arrived.
                    self.close()
                    raise SilentServer("The control database is silent.")
                elif time.monotonic() >= look_at:
                    look_at, at_work = time.monotonic() + LOOK_AFTER, self._is_at_work()
                wanted = gen.send(ready)
        except StopIteration as end:
            value: Value = end.value
            return value

    def _is_at_work(self) -> bool:
        if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
            return True  # no query is open: this waits for notifications
        where = make_conninfo(
            self.info.dsn, password=self.info.password, connect_timeout=LOOK_CONNECTS_WITHIN
        )
        try:
            with _Look.connect(where, autocommit=True) as look:
                row = look.execute(_IS_AT_WORK, [self.info.backend_pid]).fetchone()
        except psycopg.Error:
            return False
        return row == (True,)


class _Look(psycopg.Connection[Row]):
    """The second connection, which can be silent too."""

    def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:
        return super().wait(gen, interval, LOOK_AFTER if timeout is None else timeout)


def open_connection(*where: Any, **parameters: Any) -> ControlConnection:
    """Connect as psycopg does, without the server's `transaction_timeout`."""
    connection = connect_by_address(ControlConnection.connect, *where, cursor_factory=Cursor, **parameters)
    try:
        if connection.info.server_version >= _HAS_TRANSACTION_TIMEOUT:
            connection.execute("set transaction_timeout = 0")
            connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


def open_pinned(_dialect: Any, _record: Any, where: list[Any], given: dict[str, Any]) -> ControlConnection:
    """Connect for SQLAlchemy's `do_connect`."""
    return open_connection(*where, **given)


def parameters(application_name: str, **settings: str) -> dict[str, Any]:
    """Return the parameters of every connection; `settings` are this one's own."""
    pinned = {**_SETTINGS, "idle_in_transaction_session_timeout": STALL, **settings}
    options = " ".join(f"-c {name}={_escaped(value)}" for name, value in pinned.items())
    return {**_PATH, "application_name": application_name, "options": options}


def connect(url: Url, *, application_name: str, **settings: str) -> ControlConnection:
    """Return a connection in autocommit mode; raises `psycopg.Error`."""
    return open_connection(libpq_url(url), autocommit=True, **parameters(application_name, **settings))


def why_read_only(stands_by: bool, read_only: bool) -> tuple[str, str] | None:  # noqa: FBT001 one row
    """Return what such a server is, and the fix; None if it takes writes."""
    if stands_by:
        return "a standby", "use the primary's address."
    if read_only:
        return "a read-only database", "look there for a full disk, or for what makes its sessions read-only."
    return None


def wrong_encoding(encoding: str) -> tuple[str, str] | None:
    """Return what a database in this encoding is, and the fix; None if it holds what people write."""
    if encoding == "UTF8":
        return None
    fix = "create database … template template0 encoding 'UTF8' locale 'C'"
    return f"a database in {encoding}, which cannot hold what people write", f"make another one: {fix}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(" ", "\\ ")
