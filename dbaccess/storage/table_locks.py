"""A migration takes the tables for itself, and delays no bot and no worker by more than a moment."""

import time
from datetime import timedelta
from typing import Any, Final

from psycopg import Connection, errors, sql

from dbaccess.storage.migrations import MigrationFailed

Driver = Connection[tuple[Any, ...]]

PATIENCE: Final = timedelta(minutes=2)
"""How long a migration tries to take the tables."""

_ATTEMPT: Final = "700ms"
"""Shorter than `deadlock_timeout`: where both wait for each other, the migration gives up and not the bot."""

_PAUSE: Final = 0.5
"""Seconds in which everyone works on, before the next attempt."""

_TABLES: Final = """select c.relname::text from pg_class c
                     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                       and not exists (select from pg_depend d
                                        where d.classid = 'pg_class'::regclass and d.objid = c.oid
                                          and d.deptype = 'e')
                     order by c.relname"""
_HOLDERS: Final = """select a.pid, coalesce(a.usename, a.backend_type), coalesce(a.application_name, ''),
                            coalesce(a.state, 'state unknown'),
                            coalesce(round(extract(epoch from clock_timestamp() - a.xact_start)), 0)
                       from pg_stat_activity a
                      where a.pid <> pg_backend_pid() and a.pid in (
                          select l.pid
                            from pg_locks l join pg_class c on c.oid = l.relation
                           where l.locktype = 'relation' and l.granted and c.relkind in ('r', 'p')
                             and c.relnamespace = 'public'::regnamespace
                             and l.database = (
                                 select oid from pg_database where datname = current_database()))
                      order by a.xact_start"""


def lock_tables(driver: Driver, *, patience: timedelta = PATIENCE) -> None:
    """Hold every table alone until the transaction ends.

    Raises `MigrationFailed`, which names the sessions in the way, after `patience`.
    """
    tables = [sql.Identifier("public", name) for (name,) in driver.execute(_TABLES).fetchall()]
    if not tables:
        return
    lock = sql.SQL("lock table {}").format(sql.SQL(", ").join(tables))
    deadline = time.monotonic() + patience.total_seconds()
    _keep_vacuum_out(driver, lock, patience)
    while not _taken(driver, lock):
        if time.monotonic() >= deadline:
            raise _in_use(driver, patience)
        time.sleep(_PAUSE)


def _keep_vacuum_out(driver: Driver, lock: sql.Composable, patience: timedelta) -> None:
    """Take a lock that delays no other session; an automatic vacuum gives way to it after a second."""
    try:
        with driver.transaction():
            _set(driver, "lock_timeout", f"{patience.total_seconds():.0f}s")
            driver.execute(sql.SQL("{} in share update exclusive mode").format(lock))
            _set(driver, "lock_timeout", "0")
    except errors.LockNotAvailable:
        raise _in_use(driver, patience) from None


def _taken(driver: Driver, lock: sql.Composable) -> bool:
    """Return whether every table is held; else none is, and no session waits for this one."""
    try:
        with driver.transaction():
            # For all tables together: a session that waits for the first is not to wait for the others too.
            _set(driver, "statement_timeout", _ATTEMPT)
            driver.execute(sql.SQL("{} in access exclusive mode").format(lock))
            _set(driver, "statement_timeout", "0")
    except errors.QueryCanceled:
        return False
    return True


def _set(driver: Driver, name: str, value: str) -> None:
    driver.execute("select set_config(%s, %s, true)", [name, value])


def _in_use(driver: Driver, patience: timedelta) -> MigrationFailed:
    holders = "; ".join(
        f"{pid} of {user} ({application}, {state}, for {seconds} s)"
        for pid, user, application, state, seconds in driver.execute(_HOLDERS).fetchall()
    )
    return MigrationFailed(
        f"Nothing is changed: for {patience.total_seconds():.0f} s other sessions used the tables. "
        f"Now: {holders or 'none'}. Run dbaccess migrate again. To end a session first, run as the owner: "
        "select pg_terminate_backend(PID)"
    )
