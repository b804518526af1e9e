"""Sessions that hold up an end: the bot's, or a stopped worker's, are removed, and others are named."""

from typing import Final

import structlog
from sqlalchemy import Engine

_CLEAR: Final = "select end_hoarders() + end_blockers()"
"""Hoarders first: until they are gone nothing else may find room in the lock table."""

_OTHERS: Final = """
    select blocker.pid, coalesce(b.usename, b.backend_type, 'prepared transaction')::text,
           coalesce(b.application_name, ''),
           max(extract(epoch from clock_timestamp() - waits.waitstart))::float
      from pg_locks waits
      join pg_stat_activity w on w.pid = waits.pid
     cross join lateral unnest(pg_blocking_pids(waits.pid)) as blocker (pid)
      left join pg_stat_activity b on b.pid = blocker.pid
     where not waits.granted and waits.waitstart < clock_timestamp() - interval '3 s'
       and w.datname = current_database() and w.usename = 'dbaccess_worker'
       and (b.usename is null or b.usename not in ('dbaccess_bot', 'dbaccess_auditor', 'dbaccess_worker'))
     group by 1, 2, 3
     order by 4 desc
     limit 5"""

log = structlog.get_logger()


def clear_way(engine: Engine) -> None:
    """Terminate sessions of the bot, and idle ones of workers, that block a worker for over a second.

    Sessions of the bot that fill the server's lock table go first, because no other work is possible until
    then. A worker that calls Slack or Redis is left alone, unless it has locked what an end needs.
    """
    # One statement, twice a second: it needs no transaction of its own.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        ended = connection.exec_driver_sql(_CLEAR).scalar_one()
    if ended:
        log.error("blocking sessions terminated", count=ended)


def name_other_blockers(engine: Engine) -> None:
    """Log each session of another login that keeps a worker waiting: only an administrator may end it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        found = connection.exec_driver_sql(_OTHERS).all()
    for pid, login, application, seconds in found:
        log.error(
            "workers wait for another session",
            pid=pid,
            login=login,
            application=application,
            seconds=round(seconds, 1),
        )
