"""Room in the server's lock table, which any session can fill so that no other session can look at the roles.

A new connection needs room too. So each kept connection holds entries that nothing else uses, and frees them
where the table is full.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql

from dbaccess.targets.postgresql.connection import PatientConnection
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import SessionKey

_MOST: Final = 128
_AT_ONCE: Final = 32
"""How many entries a connection holds, and how many of them one try to make room frees."""

FULL: Final = psycopg.errors.OutOfMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class Hoarders:
    """Logins that lose sessions where the table is full. `ended`: those (by oid) of grants that are over.

    `made`: the beginning of the names of all logins that the installation makes.
    """

    ended: Sequence[int] = ()
    made: str


def hold_entries(connection: PatientConnection) -> None:
    """The connection holds entries of its own where there is room to spare; harmless when repeated."""
    held = connection.lock_entries
    if held == _MOST:
        return
    keep = statement("hold_lock_entries").format(first=sql.Literal(held + 1), most=sql.Literal(_MOST))
    connection.autocommit = True
    try:
        connection.execute(keep)
        connection.lock_entries = _MOST
    except FULL:  # the next session on this connection tries again
        connection.execute(statement("free_lock_entries"), [held])
    connection.autocommit = False


def make_room(connection: PatientConnection, hoarders: Hoarders) -> list[SessionKey]:
    """Return the sessions that were ended. Where there are none, all entries of the connection are free."""
    most = connection.lock_entries
    left = connection.lock_entries = max(0, most - _AT_ONCE)
    connection.autocommit = True
    found: list[tuple[Any, ...]] = []
    # Another session was faster, and some entries are left for the next try; or one runs as a superuser, and
    # those with more locks were ended before it.
    with suppress(FULL, psycopg.errors.InsufficientPrivilege):
        values = [list(hoarders.ended), hoarders.made, left + 1, most]
        found = connection.execute(statement("end_hoarders"), values).fetchall()
        if not any(ended for *_, ended in found):
            connection.execute(statement("free_lock_entries"), [0])
            connection.lock_entries = 0
    return [(pid, login, began) for pid, login, began, ended in found if ended]
