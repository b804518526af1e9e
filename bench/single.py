"""Grants that end one after the other, beside a process that only sleeps and ends a session."""

import select
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench.crowd import make_crowd
from bench.crowd_logins import make_logins
from bench.figures import Figure
from dbaccess.domain.grant import GrantId
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import LoginKind, Policy
from tests.acceptance import talk
from tests.acceptance.stack import Stack, wait
from tests.contract.postgresql.least_privilege import WorkerAccess

APART = timedelta(milliseconds=400)
AHEAD = 15.0
"""Seconds until the first end: in them all sessions are opened."""
_FIRST_ID = 6_000_000
_ENDED = "select extract(epoch from ended_at - expires_at) from grants where id = any(%s) and state = 'ended'"

Session = psycopg.Connection[tuple[Any, ...]]


def measure(
    stack: Stack,
    access: WorkerAccess,
    policy: Policy,
    *,
    rounds: int,
    holders: Sequence[str],
    progress: Callable[[str], None],
) -> list[Figure]:
    """Measure ends, each beside one of the sleeper's 200 ms later; fails if one is early."""
    talk.until_ready(stack)
    with psycopg.connect(stack.control.superuser_url, autocommit=True) as control:
        (now,) = control.execute("select now()").fetchall()[0]
        crowd = make_crowd(
            stack.control,
            access,
            policy,
            size=rounds,
            holders=[SlackId(holder) for holder in holders],
            expires_at=now + timedelta(seconds=AHEAD + rounds / 50),
            queued=True,
            apart=APART,
        )
        ends = [grant.expires_at.timestamp() for grant in crowd.grants if grant.expires_at]
        ours = [_session(access, login.name, crowd.password) for login in crowd.logins]
        plain = _sleepers_sessions(access, policy, rounds)
        progress(f"single: {rounds} ends, the last in {ends[-1] - time.time():.0f} s")
        theirs_at = [end + APART.total_seconds() / 2 for end in ends]
        sleeper = threading.Thread(target=_sleep, args=(access, plain, theirs_at), daemon=True)
        sleeper.start()
        closed = _closed([*ours, *plain], until=theirs_at[-1] + 60)
        sleeper.join(10)
        ids = [grant.id for grant in crowd.grants]
        wait(lambda: len(control.execute(_ENDED, [ids]).fetchall()) == rounds, 60)
        ended = [float(seconds) for (seconds,) in control.execute(_ENDED, [ids]).fetchall()]
    late = [at - end for at, end in zip(closed[:rounds], ends, strict=True)]
    if min(late) < 0:
        raise AssertionError(f"a session was closed {-min(late):.3f} s before its end")
    beside = [at - end for at, end in zip(closed[rounds:], theirs_at, strict=True)]
    return [
        Figure(
            name="single end: to session closed",
            seconds=late,
            beside="bare sleeper",
            beside_seconds=beside,
            aim="p50 ≤ 20 ms, p99 ≤ 100 ms",
        ),
        Figure(name="single end: to ended in the ledger", seconds=ended, aim="p99 ≤ 500 ms"),
    ]


def _sleepers_sessions(access: WorkerAccess, policy: Policy, rounds: int) -> list[Session]:
    """Sessions of logins that no grant has made."""
    logins, password = make_logins(
        access,
        kind=LoginKind.PERSONAL,
        grant_ids=[GrantId(_FIRST_ID + number) for number in range(rounds)],
        roles=sorted(policy.role("orders-prod", "read").grants),
        valid_until=datetime.now(UTC),  # of a personal login nothing is limited
    )
    return [_session(access, login.name, password) for login in logins]


def _session(access: WorkerAccess, login: str, password: str) -> Session:
    return psycopg.connect(access.login_url(login, password), autocommit=True)


def _sleep(access: WorkerAccess, sessions: Sequence[Session], times: Sequence[float]) -> None:
    """The least that could be done: wait, and tell the server to end the session."""
    pids = [session.info.backend_pid for session in sessions]
    with psycopg.connect(access.url.get_secret_value(), autocommit=True) as worker:
        for pid, at in zip(pids, times, strict=True):
            time.sleep(max(0.0, at - time.time()))
            worker.execute("select pg_terminate_backend(%s)", [pid])


def _closed(sessions: Sequence[Session], *, until: float) -> list[float]:
    """When the server closed each."""
    closed: dict[int, float] = {}
    numbers = {session.fileno(): number for number, session in enumerate(sessions)}
    poll = select.poll()
    for descriptor in numbers:
        poll.register(descriptor, select.POLLIN | select.POLLHUP)
    while len(closed) < len(sessions):
        for descriptor, _ in poll.poll(1000):
            closed[numbers[descriptor]] = time.time()
            poll.unregister(descriptor)
        if time.time() > until:
            raise AssertionError(f"{len(sessions) - len(closed)} sessions are open still")
    for session in sessions:
        session.close()
    return [closed[number] for number in range(len(sessions))]
