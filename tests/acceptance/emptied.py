"""A running stack without what earlier tests left: no request, no grant, no login, nothing said in Slack."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from tests.acceptance import records, talk
from tests.acceptance.processes import parts, restore
from tests.acceptance.stack import Stack, wait
from tests.databases import TargetDatabase

Session = psycopg.Connection[tuple[Any, ...]]

CLUSTER_LOCK = 7233451031007687539
"""The lock that every change on a cluster waits for: dbaccess/targets/postgresql/sql/lock.sql."""

_BUSY = """select from outbox where dispatched_at is null union all
           select from message_streams where next_attempt_at < now() + interval '1 s' union all
           select from notices where next_attempt_at < now() + interval '1 s'"""
_READ = "directory_people, directory_members, directory_sources, directory_reads, told_groups"
_TRUNCATED = """requests, lockdowns, outbox, notices, intake, drafts, homes, refused_attempts,
                counted_entries, report_orders"""
_GUARDS = """select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid
              where t.tgname = 'stays'"""


def as_first(stack: Stack, target: TargetDatabase, roles: set[str]) -> None:
    """All runs, and nothing was asked, given or said yet, whatever an earlier test did."""
    restore(stack)
    empty(stack, target, roles)
    talk.until_ready(stack)


def empty(stack: Stack, target: TargetDatabase, roles: set[str]) -> None:
    """Only `roles` are left on the target's cluster; ledger, people and policies stay, ids go on.

    A worker in the middle of something finds its fence shut: the row that it would check is gone.
    """
    stack.sandbox.silence(on=False)
    stack.sandbox.clear_faults()
    wait(lambda: not records.rows(stack, _BUSY))
    wait(lambda: _truncated(stack))
    with cluster_locked(stack, target), psycopg.connect(target.superuser_url, autocommit=True) as dba:
        _drop_roles(dba, roles)
    stack.sandbox.forget()


def forget_people(stack: Stack) -> None:
    """No account and no group was read from Slack yet; workers read both again."""
    wait(lambda: _made(stack, lambda session: session.execute(f"truncate {_READ}")))


def role_names(target: TargetDatabase) -> set[str]:
    with psycopg.connect(target.superuser_url) as dba:
        return {name for (name,) in dba.execute("select rolname from pg_roles").fetchall()}


@contextmanager
def cluster_locked(stack: Stack, target: TargetDatabase) -> Iterator[None]:
    """Wait for the change that a worker makes on the cluster, and let it begin no other."""
    url = target.superuser_url.rpartition("/")[0] + f"/{stack.lock_database}"
    with psycopg.connect(url) as dba:
        dba.execute("select pg_advisory_xact_lock(%s)", [CLUSTER_LOCK])
        yield


def _made(stack: Stack, change: Callable[[Session], object]) -> bool:
    """Return whether the change is made; it gives way before the server has to end a worker in a deadlock."""
    session = stack.session()
    try:
        with session.transaction():
            session.execute("set local lock_timeout = '100ms'")
            change(session)
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
        return False
    return True


def _truncated(stack: Stack) -> bool:
    bots = [stack.processes[name].pid for name in stack.bots]
    running = [*bots, *parts(stack.processes["workers"].pid).values()]

    def change(session: Session) -> None:
        _truncate(session)
        session.execute("delete from policy_in_force where pid <> all(%s)", [running])

    return _made(stack, change)


def _truncate(session: Session) -> None:
    guarded = [sql.Identifier(str(name)) for (name,) in session.execute(_GUARDS).fetchall()]
    for switch in ("disable", "truncate", "enable always"):
        if switch == "truncate":
            session.execute(f"truncate {_TRUNCATED} cascade")
            continue
        for table in guarded:
            session.execute(sql.SQL("alter table {} {} trigger stays").format(table, sql.SQL(switch)))


def _drop_roles(dba: Session, kept: set[str]) -> None:
    found = {str(name) for (name,) in dba.execute("select rolname from pg_roles").fetchall()}
    if made := sorted(found - kept):
        ended = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = any(%s)"
        dba.execute(ended, [made])
        names = sql.SQL(", ").join(map(sql.Identifier, made))
        dba.execute(sql.SQL("drop owned by {}").format(names))
        dba.execute(sql.SQL("drop role {}").format(names))
