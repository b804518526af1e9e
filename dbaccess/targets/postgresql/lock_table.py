"""Room in the server's lock table, which any session can fill so that no other session can look at the roles.

A new connection needs room too. So the connections that end grants hold a few entries that nothing else
uses, and free them where the table is full.
"""

import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import structlog
from psycopg import sql

from dbaccess.targets.postgresql.connection import PatientConnection
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import SessionKey

MOST: Final = 32
"""How many entries a connection holds at most.

All connections of an installation together hold as many, or 2 % of the server's table where that is more.
"""

_STEP: Final = 8
"""How many entries one look at the lock table takes."""

_AT_ONCE: Final = 16
"""How many entries one try to make room frees."""

_LOOK_SECONDS: Final = 30.0
"""A look reads the whole lock table, so a connection without all its entries looks this rarely."""

FULL: Final = psycopg.errors.OutOfMemory

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedLogin:
    """The login of a grant that is over. Oids of two servers have nothing in common.

    `cluster` is its server's identity, empty where the login was read from this server. `loses_access`: the
    end has something to take from it.
    """

    cluster: str
    oid: int
    loses_access: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hoarders:
    """Logins that lose sessions where the table is full: those of `ended` grants, and `made` by the worker.

    `made` are oids.
    """

    ended: Sequence[EndedLogin] = ()
    made: Collection[int] = ()


def hold_entries(connection: PatientConnection) -> None:
    """The connection holds entries where most of the table is free; harmless when repeated.

    A server that replays holds none: the replay itself fails where the table is full.
    """
    now = time.monotonic()
    if connection.lock_entries >= MOST or now < connection.looked_at + _LOOK_SECONDS:
        return
    connection.looked_at = now
    connection.autocommit = True
    try:
        while connection.lock_entries < MOST and (taken := _take(connection)):
            connection.lock_entries += taken
    except FULL:  # others took what was free since the count
        connection.execute(statement("free_lock_entries"), [connection.lock_entries])
    connection.autocommit = False


def _take(connection: PatientConnection) -> int:
    held = connection.lock_entries
    numbers = {"first": held + 1, "last": min(held + _STEP, MOST), "most": MOST}
    cursor = connection.execute(
        statement("hold_lock_entries").format(**{key: sql.Literal(value) for key, value in numbers.items()})
    )
    cursor.nextset()
    return len(cursor.fetchall())


def make_room(connection: PatientConnection, hoarders: Hoarders, *, others: bool) -> list[SessionKey]:
    """Return the sessions that were terminated. Where there are none, all entries of the connection are free.

    `others`: sessions of logins whose grants go on are terminated also while those of ended ones are there.
    """
    most = connection.lock_entries
    left = connection.lock_entries = max(0, most - _AT_ONCE)
    connection.looked_at = float("-inf")
    connection.autocommit = True
    found: list[tuple[Any, ...]] = []
    # Another session was faster, and some entries are left for the next try. Or one runs as a superuser, and
    # those with more locks were ended before it.
    with suppress(FULL, psycopg.errors.InsufficientPrivilege):
        values = {
            "clusters": [login.cluster for login in hoarders.ended],
            "ended": [login.oid for login in hoarders.ended],
            "made": list(hoarders.made),
            "others": others,
            "first": left + 1,
            "last": most,
        }
        found = connection.execute(statement("end_hoarders"), values).fetchall()
        if not any(terminated for *_, terminated in found):
            connection.execute(statement("free_lock_entries"), [0])
            connection.lock_entries = 0
    ended = [(_told(*session), is_parallel) for *session, is_parallel, terminated in found if terminated]
    return [session for session, is_parallel in ended if not is_parallel]


def end_numbered(connection: PatientConnection, logins: Sequence[EndedLogin]) -> list[SessionKey]:
    """Return the sessions that were terminated, of logins that lose access.

    One of them may be what keeps this session from a catalog: maintenance waits for its open transaction, and
    every other session for that. Where the server cannot look up a login either, none is terminated.
    """
    losing = [login for login in logins if login.loses_access]
    values = {"clusters": [login.cluster for login in losing], "ended": [login.oid for login in losing]}
    connection.autocommit = True
    found: list[tuple[Any, ...]] = []
    with suppress(psycopg.errors.LockNotAvailable, psycopg.errors.InsufficientPrivilege):
        found = connection.execute(statement("terminate_numbered"), values).fetchall()
    return [(pid, login, began) for pid, login, began, is_parallel, gone in found if gone and not is_parallel]


def _told(pid: int, login: int, began: str, locks: int, ended: bool) -> SessionKey:  # noqa: FBT001 a row
    _log.warning(
        "session terminated for room in the lock table", pid=pid, login=login, locks=locks, ended=ended
    )
    return pid, login, began
