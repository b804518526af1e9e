"""Leases that end with their holder: each is an advisory lock on one connection of its process."""

import secrets
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
from sqlalchemy import Select, literal_column, select, text

from dbaccess.storage.connecting import ControlConnection, connect
from dbaccess.storage.url import Url

LOCK: Final = 0x6C656173
"""`leas` in ASCII; a lease is a lock of two numbers, and the second is its name."""

TURN: Final = 0x776F726B
"""`work` in ASCII; the second number is a hash of the turn's name."""

_TOUCH_EVERY: Final = 1.0
_SILENT_FOR: Final = 3
"""Seconds after which the server takes a silent process for dead, and frees its leases.

A process that was only slow loses them too. Then another one does the same work, which is harmless.
"""

# Only a worker's lock counts: any login that may connect could take the lock of a dead worker.
LIVE: Final[Select[Any]] = (
    select(literal_column("l.objid::text").label("lease"))
    .select_from(text("pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid"))
    .where(
        text("l.locktype = 'advisory' and l.objsubid = 2 and l.granted"),
        literal_column("l.classid") == literal_column(str(LOCK)),
        # Such locks belong to a database, and another database may have one of the same number.
        text("l.database = (select oid from pg_catalog.pg_database where datname = current_database())"),
        text("pg_has_role(a.usesysid, 'dbaccess_worker', 'usage')"),
    )
)
"""The names of the leases with living holders."""

_TAKE, _FREE = "pg_advisory_lock(%(kind)s, %(number)s)", "pg_advisory_unlock(%(kind)s, %(number)s)"

# A lock of another login does not count here either: workers then take the turn without it.
_TAKE_TURN: Final = """
pg_try_advisory_lock(%(kind)s, %(number)s) or not exists (
    select from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.objsubid = 2 and l.granted
       and l.classid = %(kind)s::bigint::oid and l.objid = %(number)s::bigint::oid
       and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
       and pg_has_role(a.usesysid, 'dbaccess_worker', 'usage'))"""


class SessionLeases:
    """`Leases` over one direct connection, made when first needed; safe with several threads.

    The URL is not a pooler's: a pooler keeps the connection, and with it the leases of a dead process.
    """

    def __init__(self, url: Url) -> None:
        self._url = url
        self._connection: ControlConnection | None = None
        self._lock = threading.Lock()
        self._touching: threading.Thread | None = None
        self._turns: set[str] = set()

    @contextmanager
    def hold(self) -> Iterator[str]:
        """Raises `psycopg.Error` if the control database is unreachable."""
        number = secrets.randbelow(2**31)
        with self._lock:
            self._ask(_TAKE, LOCK, number)
        try:
            yield str(number)
        finally:
            self._free(LOCK, number)

    @contextmanager
    def turn(self, name: str) -> Iterator[bool]:
        """Raises `psycopg.Error` if the control database is unreachable."""
        number = _hash(name)
        with self._lock:
            # The session would get its own lock a second time, for another thread.
            mine = name not in self._turns and self._ask(_TAKE_TURN, TURN, number)
            if mine:
                self._turns.add(name)
        try:
            yield mine
        finally:
            if mine:
                self._turns.discard(name)
                self._free(TURN, number)

    def _free(self, kind: int, number: int) -> None:
        """Free the lock; with a lost connection the server has freed it already."""
        with self._lock, suppress(psycopg.Error):
            self._ask(_FREE, kind, number, anew=False)

    def close(self) -> None:
        """Free every lease of this process."""
        with self._lock:
            self._drop()

    def _ask(self, what: str, kind: int, number: int, *, anew: bool = True) -> bool:
        """Return the answer, over a new connection if the last one is lost."""
        try:
            if self._connection is not None:
                return _answer(self._connection, what, kind, number)
        except psycopg.Error:
            self._drop()
        if anew:
            silence = f"{_SILENT_FOR}s"
            self._connection = connect(
                self._url, application_name="dbaccess-leases", idle_session_timeout=silence
            )
            self._touch_from_now_on()
            return _answer(self._connection, what, kind, number)
        return False

    def _touch_from_now_on(self) -> None:
        if self._touching is None:
            self._touching = threading.Thread(target=self._touch, name="leases", daemon=True)
            self._touching.start()

    def _touch(self) -> None:
        """Show that this process lives; a stopped one shows nothing, whatever its network does."""
        pause = threading.Event()
        while not pause.wait(_TOUCH_EVERY):
            with self._lock:
                if self._connection is not None:
                    try:
                        self._connection.execute("select")
                    except psycopg.Error:
                        self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _answer(connection: ControlConnection, what: str, kind: int, number: int) -> bool:
    values = {"kind": kind, "number": number}
    return bool(connection.execute(f"select {what}", values).fetchall()[0][0])


def _hash(name: str) -> int:
    """Return a number that every process has for this name."""
    return zlib.crc32(name.encode()) >> 1
