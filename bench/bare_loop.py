"""The least that ends as many grants: plain statements, one after the other, and nothing recorded."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from bench.crowd_logins import CrowdLogin, make_logins
from dbaccess.domain.grant import GrantId
from dbaccess.domain.policy import LoginKind, Policy
from tests.contract.postgresql.least_privilege import WorkerAccess

SAMPLE_SECONDS = 40.0
"""A loop that takes longer is measured at its start and at its end, and the rest is reckoned."""
LAST = 300
_FIRST_ID = 5_000_000
_BATCH = 500

Connection = psycopg.Connection[tuple[Any, ...]]


def loop_seconds(
    access: WorkerAccess, policy: Policy, *, size: int, sessions: int, progress: Callable[[str], None]
) -> float:
    """Seconds that the loop takes for so many logins with so many sessions, as the worker's login."""
    target = policy.target("orders-prod")
    roles = sorted(policy.role("orders-prod", "read").grants)
    logins, password = make_logins(
        access,
        kind=target.login,
        grant_ids=[GrantId(_FIRST_ID + number) for number in range(size)],
        roles=roles,
        valid_until=datetime.now(UTC) + timedelta(hours=1),
    )
    with ExitStack() as stack:
        for login in logins[:sessions]:
            session = psycopg.connect(access.login_url(login.name, password), autocommit=True)
            stack.callback(session.close)
        with psycopg.connect(access.url.get_secret_value(), autocommit=True) as worker:
            ephemeral = target.login is LoginKind.EPHEMERAL
            seconds = _seconds(worker, access, logins, roles, ephemeral=ephemeral, progress=progress)
    _drop(access, logins)
    return seconds


def _seconds(
    worker: Connection,
    access: WorkerAccess,
    logins: Sequence[CrowdLogin],
    roles: Sequence[str],
    *,
    ephemeral: bool,
    progress: Callable[[str], None],
) -> float:
    began = time.perf_counter()
    for done, login in enumerate(logins):
        _end(worker, login, roles, ephemeral=ephemeral)
        spent = time.perf_counter() - began
        if spent > SAMPLE_SECONDS and done < len(logins) - 2 * LAST:
            break
    else:
        return time.perf_counter() - began
    done += 1
    _drop(access, logins[done:-LAST])
    began = time.perf_counter()
    for login in logins[-LAST:]:
        _end(worker, login, roles, ephemeral=ephemeral)
    last = time.perf_counter() - began
    # An end is linear in the logins that live; two costs, each at the middle of its part, give the line.
    first_cost, first_live = spent / done, len(logins) - done / 2
    last_cost, last_live = last / LAST, LAST / 2
    slope = (first_cost - last_cost) / (first_live - last_live)
    start = last_cost - slope * last_live
    progress(
        f"loop: {first_cost * 1e3:.2f} ms each at {first_live:.0f}, {last_cost * 1e3:.2f} at {last_live:.0f}"
    )
    return len(logins) * start + slope * len(logins) ** 2 / 2


def _end(worker: Connection, login: CrowdLogin, roles: Sequence[str], *, ephemeral: bool) -> None:
    name = sql.Identifier(login.name)
    worker.execute(sql.SQL("revoke {} from {}").format(sql.SQL(", ").join(map(sql.Identifier, roles)), name))
    if ephemeral:
        worker.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usesysid = %s", [login.oid]
        )
        worker.execute(sql.SQL("drop role {}").format(name))


def _drop(access: WorkerAccess, logins: Sequence[CrowdLogin]) -> None:
    """As the superuser, for whom it costs nothing."""
    with psycopg.connect(access.database.superuser_url, autocommit=True) as dba:
        for start in range(0, len(logins), _BATCH):
            names = sql.SQL(", ").join(sql.Identifier(login.name) for login in logins[start : start + _BATCH])
            dba.execute(sql.SQL("drop role if exists {}").format(names))
