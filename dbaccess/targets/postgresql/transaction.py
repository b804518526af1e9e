"""One transaction on a cluster, with errors that hold no secret."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.connection import OF_THE_DATABASE, PatientConnection, RawText, code_of
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.timeouts import Timeouts

SessionKey = tuple[int, int, str]
"""(pid, login's oid, start)."""

Query = sql.SQL | sql.Composed
Values = Sequence[Any] | Mapping[str, Any]
Execute = Callable[[Query | bytes, Values | None], psycopg.Cursor]

_PART: Final = sql.SQL("savepoint part")
# Released too: a part may be inside another one of the same name.
_UNDO_PART: Final = sql.SQL("rollback to savepoint part; release savepoint part")
_END_OF_PART: Final = sql.SQL("release savepoint part")

CATALOG_LOCKED: Final = "catalog_locked"
_NAMED: Final = 3
_LOCK_NOT_AVAILABLE: Final = "55P03"
_LOCKED_OUT: Final = frozenset({_LOCK_NOT_AVAILABLE, "40P01", "XX000"})

# The server sends these only before it can have committed.
_NOT_COMMITTED: Final = ("25", "23", "40", "42", "53", "55")

_ITS_SETTINGS: Final = sql.SQL("; ").join(sql.SQL(f"set local {name} to default") for name in OF_THE_DATABASE)
_OUR_SETTINGS: Final = sql.SQL("; ").join(
    sql.SQL(f"set local {name} to {{}}").format(sql.Literal(value)) for name, value in OF_THE_DATABASE.items()
)


def catalog_locked(cluster: str) -> TargetFailure:
    """Return the failure of a look that waited in vain: only a lock on a whole catalog keeps one waiting."""
    return TargetFailure(
        f"{cluster}: another transaction keeps every session from a catalog of the server, such as VACUUM "
        "FULL that waits for an open transaction. End what it waits for.",
        code=CATALOG_LOCKED,
        touched=False,
    )


class StoppedByTrigger(TargetFailure):
    """An event trigger stopped the statement; `raised` is its SQLSTATE."""

    def __init__(self, text: str, *, raised: str, touched: bool) -> None:
        super().__init__(text, code="event_trigger", touched=touched)
        self.raised = raised


def sqlstate_of(failure: TargetFailure) -> str:
    """Return the server's code, also where a trigger raised it."""
    return failure.raised if isinstance(failure, StoppedByTrigger) else failure.code


class Session:
    """A connection in its own transaction; work that is not committed is lost.

    `doing` names the work in an error. `made_room` are sessions that ended so that this one could begin.
    """

    def __init__(
        self, connection: PatientConnection, cluster: str, *, made_room: Sequence[SessionKey] = ()
    ) -> None:
        self._connection = connection
        self._cluster = cluster
        self.made_room = made_room
        self.doing = "looking"
        self._in_function = False
        self._triggers_looked_at = False

    @property
    def version(self) -> int:
        return self._connection.info.server_version // 10_000

    @property
    def timeouts(self) -> Timeouts:
        return self._connection.timeouts

    @property
    def identity(self) -> str:
        """The identity of the server, read once for each connection."""
        if self._connection.identity is None:
            began = self._connection.info.transaction_status != TransactionStatus.IDLE
            ((identity, _),) = (self.rows if began else self.at_once)(statement("facts"))
            self._connection.identity = str(identity)
        return self._connection.identity

    def answers_within(self, seconds: float) -> None:
        """Until the end of the transaction, a server that does not answer for so long counts as silent."""
        self._connection.silence = min(seconds, self._connection.timeouts.answer)

    def rows(self, query: Query | bytes, values: Values | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of the query; none for a statement without rows."""
        return self._run(self._connection.execute, query, values)

    def rows_raw(self, query: Query, values: Values) -> list[tuple[Any, ...]]:
        """Return the same with each text as the bytes that the database has.

        The server converts nothing then. It would fail at a name without an equal in UTF-8, and a holder can
        choose such names.
        """
        cursor = self._connection.cursor()
        for type_ in ("text", "name"):
            cursor.adapters.register_loader(type_, RawText)
        self.rows(sql.SQL("set local client_encoding to sql_ascii"))
        found = self._run(cursor.execute, query, values)
        self.rows(sql.SQL("set local client_encoding to utf8"))
        return found

    def row(self, query: Query, values: Values | None = None) -> tuple[Any, ...]:
        return self.rows(query, values)[0]

    def ddl(self, *queries: Query) -> None:
        """Change objects of a database, with that database's own search_path and formats.

        Its event triggers run with our statements, and may name their tables without a schema. The queries
        qualify every name, so nothing in that path can replace what they mean. Raises `TargetFailure`
        `event_trigger`, with the names, where such a trigger failed, or where a holder may replace it.
        """
        self._refuse_replaceable()
        failure: TargetFailure
        try:
            self.rows(sql.SQL("; ").join([_PART, _ITS_SETTINGS, *queries, _OUR_SETTINGS, _END_OF_PART]))
        except TargetFailure as failed:
            with suppress(TargetFailure):  # the connection is gone, and the transaction with it
                self.rows(_UNDO_PART)
            failure = self._of_a_trigger(failed)
        else:
            return
        raise failure

    def _refuse_replaceable(self) -> None:
        """An event trigger runs with the worker's rights, so no holder may say what it does."""
        if self._triggers_looked_at:
            return
        for trigger, function, owner in self.rows(statement("replaceable_triggers")):
            raise TargetFailure(
                f"{self._cluster}: event trigger {trigger} of {self._connection.info.dbname} would run "
                f"{function} with the worker's rights, and a holder who becomes {owner} may replace it. Run "
                f"there as a superuser: alter function {function} owner to current_user.",
                code="event_trigger",
                touched=False,
            )
        self._triggers_looked_at = True

    def _of_a_trigger(self, failure: TargetFailure) -> TargetFailure:
        """Return the failure with its cause, where a function raised it: only an event trigger runs one here.

        A lock that the function waits for is another transaction's, and is told as that.
        """
        if not self._in_function or failure.code in _LOCKED_OUT:
            return failure
        found: list[tuple[str, str]] = []
        with suppress(TargetFailure):  # the connection is gone: then the failure stays as it is
            found = self.rows(statement("event_triggers"))
        if not found:
            return failure
        names = ", ".join(f"{name} (function {function})" for name, function in found[:_NAMED])
        which = "event trigger" if len(found) == 1 else "one of the event triggers"
        return StoppedByTrigger(
            f"{failure} It happened in {which} {names} of database {self._connection.info.dbname}. "
            "Let it pass the worker's role, or run there as a superuser: "
            f"alter event trigger {found[0][0]} disable.",
            raised=failure.code,
            touched=failure.touched,
        )

    def at_once(self, query: Query, values: Values | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of one statement in its own transaction; none may be open.

        It costs one answer of the server; a transaction costs three, and a distant server makes each slow.
        """
        try:
            with self._outside_transactions():
                return self.rows(query, values)
        except TargetFailure as failure:
            if failure.code != _LOCK_NOT_AVAILABLE:
                raise
        raise catalog_locked(self._cluster)

    def last_row(self, *queries: Query) -> tuple[Any, ...]:
        """Run statements without parameters, with one answer of the server; return the last one's row."""
        return self._run(_last_result(self._connection), sql.SQL("; ").join(queries), None)[0]

    def alone(self, *queries: Query | bytes) -> None:
        """Run statements that PostgreSQL does not allow inside a transaction; none may be open.

        After a failure the session cannot be used.
        """
        with self._outside_transactions():
            for query in queries:
                self.rows(query)

    @contextmanager
    def _outside_transactions(self) -> Iterator[None]:
        failure: TargetFailure | None = None
        try:
            self._connection.autocommit = True
        except psycopg.Error as error:  # the connection was lost since the last statement, or is silent
            failure = self._failure(error, touched=False)
        if failure:
            raise failure
        try:
            yield
        finally:
            with suppress(psycopg.Error):  # lost or silent, and the failure of the statement says so
                self._connection.autocommit = False

    @contextmanager
    def part(self) -> Iterator[None]:
        """Where the work in it fails, it alone is undone: the transaction goes on."""
        self.rows(_PART)
        try:
            yield
        except TargetFailure:
            with suppress(TargetFailure):  # the connection is gone, and the transaction with it
                self.rows(_UNDO_PART)
            raise
        self.rows(_END_OF_PART)

    def commit(self) -> None:
        """Commit; raises with `touched` unless the server said that it did not commit."""
        failure: TargetFailure
        try:
            self._connection.commit()
        except psycopg.Error as error:
            failure = self._failure(error, touched=not _surely_not_committed(error))
        else:
            self._connection.silence = None
            return
        raise failure

    def rollback(self) -> None:
        failure: TargetFailure
        try:
            self._connection.rollback()
        except psycopg.Error as error:
            failure = self._failure(error, touched=False)
        else:
            self._connection.silence = None
            return
        raise failure

    def verifier(self, login: str, password: str) -> str:
        """Compute the verifier on this side, with the number of iterations that the server uses."""
        made = self._connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
        return made.decode("ascii")

    def _run(self, execute: Execute, query: Query | bytes, values: Values | None) -> list[tuple[Any, ...]]:
        failure: TargetFailure
        try:
            cursor = execute(query, values)
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            failure = self._failure(error, touched=False)
            self._in_function = error.diag.context is not None
        # Outside the handler: the driver's error can quote the statement, and would be attached as context.
        raise failure

    def _failure(self, error: psycopg.Error, *, touched: bool) -> TargetFailure:
        code = code_of(error.sqlstate)
        name = type(error).__name__ if error.sqlstate else "the connection is gone or silent"
        return TargetFailure(
            f"{self._cluster}: {name} ({code}) while {self.doing}.", code=code, touched=touched
        )


def _last_result(connection: PatientConnection) -> Execute:
    def execute(query: Query | bytes, values: Values | None) -> psycopg.Cursor[tuple[Any, ...]]:
        cursor = connection.execute(query, values)
        cursor.set_result(-1)
        return cursor

    return execute


def _surely_not_committed(error: psycopg.Error) -> bool:
    return error.sqlstate is not None and error.sqlstate.startswith(_NOT_COMMITTED)
