"""One session of a holder on a target, watched all the time: its end is seen when it happens."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

import psycopg
from psycopg import pq

from demo.panel.results import Json, Results

_CONNECT_SECONDS = 5
_CHUNK = 500

Connection: TypeAlias = "psycopg.Connection[tuple[object, ...]]"


class NotPossible(Exception):
    """The statement or action cannot be done; the text says what to do instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where people connect."""

    host: str
    port: int
    database: str


async def connect(target: Target, *, user: str, password: str, ended: Callable[[str], None]) -> "Session":
    """A session as `user`; `ended` is told once why it is over. Raises `NotPossible` with libpq's words."""
    if not user or not password:
        raise NotPossible("Fill in the user and the password: Show credentials in the sandbox shows both.")
    try:
        # The password goes to libpq, which forgets nothing until the session ends, and nowhere else.
        connection = await asyncio.to_thread(_dial, target, user, password)
    except psycopg.Error as error:
        raise NotPossible(str(error).strip()) from None
    return Session(connection, ended)


def _dial(target: Target, user: str, password: str) -> Connection:
    return psycopg.connect(
        host=target.host,
        port=target.port,
        dbname=target.database,
        user=user,
        password=password,
        connect_timeout=_CONNECT_SECONDS,
        application_name="demo panel",
        autocommit=True,
    )


class Session:
    """Speaks with libpq itself: psycopg looks at its socket only while a statement runs.

    Lives on the event loop that made it; one run at a time.
    """

    def __init__(self, connection: Connection, ended: Callable[[str], None]) -> None:
        self._connection = connection
        self._libpq = connection.pgconn
        self._ended = ended
        self._notices: list[str] = []
        self._last_words = ""
        self._running: tuple[Results, asyncio.Future[None]] | None = None
        connection.add_notice_handler(self._notice)
        self._loop = asyncio.get_running_loop()
        self._socket = connection.fileno()
        self._loop.add_reader(self._socket, self._readable)

    @property
    def user(self) -> str:
        return self._libpq.user.decode()

    async def run(self, statement: str) -> Json:
        """Return the results of the statements; never raises for an error of the server."""
        if self._running is not None:
            raise NotPossible("A statement is running: wait for it, or stop it.")
        if self._libpq.status != pq.ConnStatus.OK:
            raise NotPossible("This session is over. Connect again.")
        results, done = Results(), self._loop.create_future()
        started = time.perf_counter()
        self._running = (results, done)
        try:
            self._libpq.send_query(statement.encode())
            self._libpq.set_chunked_rows_mode(_CHUNK)
            self._readable()
            await done
        except psycopg.Error as error:
            results.error = str(error)
        finally:
            self._running = None
        notices, self._notices = self._notices, []
        return {
            "answers": results.answers,
            "error": results.error,
            "notices": notices,
            "ms": round((time.perf_counter() - started) * 1000, 1),
            "transaction": pq.TransactionStatus(self._libpq.transaction_status).name.lower(),
        }

    async def cancel(self) -> None:
        """Asks the server to stop the running statement; nothing happens where none runs."""
        if self._running is not None:
            await asyncio.to_thread(self._connection.cancel_safe, timeout=5)

    def close(self) -> None:
        """End the session, without a message; a statement that runs is answered first."""
        self._ended = _ignored
        self._answer_running("The session was closed before the statement was done.")
        self._over("")

    def _notice(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        # To a session that waits the server's farewell is a notice like others.
        text = diagnostic.message_primary or ""
        if diagnostic.severity_nonlocalized in {"FATAL", "PANIC"}:
            self._last_words = text
        else:
            self._notices.append(f"{diagnostic.severity}:  {text}")

    def _readable(self) -> None:
        try:
            self._libpq.consume_input()
            self._libpq.notifies()  # the one call that reads messages which no statement waits for
            if self._running is not None:
                self._take_results(*self._running)
        except psycopg.Error:
            self._lost()
            return
        if self._libpq.status != pq.ConnStatus.OK:
            self._lost()

    def _take_results(self, results: Results, done: "asyncio.Future[None]") -> None:
        while not done.done() and not self._libpq.is_busy():
            result = self._libpq.get_result()
            if result is None:
                done.set_result(None)
                return
            results.add(result)
            fatal = result.error_field(pq.DiagnosticField.SEVERITY_NONLOCALIZED)
            if fatal in {b"FATAL", b"PANIC"}:
                self._last_words = (result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b"").decode()
            if results.copies:
                results.error = "COPY from and to the client is not possible here."
                self._over("this page cannot do COPY")
                done.set_result(None)

    def _lost(self) -> None:
        self._answer_running("server closed the connection unexpectedly")
        self._over(self._last_words or "the connection was closed without a word")

    def _answer_running(self, why: str) -> None:
        if self._running is not None and not self._running[1].done():
            results, done = self._running
            results.error = results.error or why
            done.set_result(None)

    def _over(self, why: str) -> None:
        if self._connection.closed and self._ended is _ignored:
            return
        self._loop.remove_reader(self._socket)
        with suppress(psycopg.Error):
            self._connection.close()
        tell, self._ended = self._ended, _ignored
        tell(why)


def _ignored(_why: str) -> None:
    """Take no notice of the end of a session that is no longer needed."""
