"""Thousands of objects of one login: handed over in parts, because each takes room in the lock table."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.receipt import NAMED
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.foreign_privileges import NOT_ALLOWED
from dbaccess.targets.postgresql.lock_budget import Spare
from dbaccess.targets.postgresql.login import Login
from dbaccess.targets.postgresql.names import readable
from dbaccess.targets.postgresql.role_borrowing import borrow, give_back, lent
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session, sqlstate_of

AT_ONCE: Final = 200
"""REASSIGN OWNED takes so many objects, and a transaction of this module as many of them."""

_LARGE_OBJECT: Final = b"large object"
_LARGE_OBJECTS: Final = 5_000
"""The same for large objects, which take no room there."""

_SECONDS: Final = 5.0
"""After so long the rest is left for the next try, because other receipts wait meanwhile."""


def move_many(
    cluster: Cluster,
    login: Login,
    database: str,
    *,
    heir: str,
    lend: Sequence[str],
    spare: Spare,
    note: Callable[[set[str]], None],
) -> None:
    """The login owns few objects in the database, or what is left may not be moved one by one.

    The heir is there. It may own what a member of `lend` may make. Raises `TargetFailure` `owns_many` where
    the time is over; then the next try goes on. Objects that were moved are noted either way.
    """
    names: list[str] = []
    deadline = time.monotonic() + _SECONDS

    def some(opened: Session) -> list[str]:
        opened.doing = "handing over what the login owns"
        return _move_some(opened, login, heir, lend, spare)

    try:
        while part := _allowed(lambda: cluster.persistently(some, database=database)):
            names += part
            if time.monotonic() > deadline:
                raise TargetFailure(
                    f"{login.name} owns very many objects in {database}: {len(names)} are handed over, and "
                    "the next try goes on.",
                    code="owns_many",
                    touched=True,
                )
    finally:
        others = len(names) - NAMED
        note({*names[:NAMED], *([f"{others} more in {database}"] if others > 0 else [])})


def _allowed(move: Callable[[], list[str]]) -> list[str]:
    """Return nothing where the server refuses: REASSIGN OWNED meets the same refusal, and says what to do."""
    try:
        return move()
    except TargetFailure as failure:
        if not sqlstate_of(failure).startswith(NOT_ALLOWED):
            raise
    return []


def _move_some(opened: Session, login: Login, heir: str, lend: Sequence[str], spare: Spare) -> list[str]:
    found = opened.rows_raw(statement("owned_parts"), [login.oid, _LARGE_OBJECTS])
    of_large_objects = bool(found) and found[0][0] == _LARGE_OBJECT
    few = _LARGE_OBJECTS - 1 if of_large_objects else AT_ONCE
    if len(found) <= few:
        return []
    some = found if of_large_objects else found[:AT_ONCE]
    objects = [(readable(kind), readable(name)) for kind, name in some]
    with spare.waiting(opened):
        borrow(opened, login.name)
        borrow(opened, heir)
        with lent(opened, lend, heir):
            opened.ddl(*[_give(kind, name, heir) for kind, name in objects])
        give_back(opened, login.name)
        give_back(opened, heir)
    return [name for _, name in objects]


def _give(kind: str, name: str, heir: str) -> sql.Composed:
    """Return the statement; the server itself has quoted the name."""
    return sql.SQL("alter {} {} owner to {}").format(sql.SQL(kind), sql.SQL(name), sql.Identifier(heir))
