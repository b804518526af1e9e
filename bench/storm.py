"""Thousands of active grants end in the same second, beside a bare loop on the same server."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from bench.bare_loop import loop_seconds
from bench.crowd import Crowd, make_crowd
from bench.figures import Figure
from bench.storm_watch import Sight, Watch
from dbaccess.domain.ledger import Entry, faults
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.ports import Posted
from sandbox.client import plain
from tests.acceptance import talk
from tests.acceptance.stack import CHANNEL, Stack
from tests.contract.postgresql.least_privilege import WorkerAccess

SESSIONS = 200
"""Open ones, of as many logins."""
ASK_EVERY, TRIES = 2.0, 20
PATIENCE = 1800.0
"""Seconds after the end at which a storm counts as lost."""
AIMS = {"ephemeral": (0.4, 1.5), "personal": (2.0, 5.0)}
"""Times the bare loop: until all access is gone, until all have ended with receipts."""
POSTED = """select m.posted_at from messages m join requests r on r.id = m.request_id
 where r.requester_slack_id = %s and m.kind = 'request' and m.posted_ts is not null"""

Progress = Callable[[str], None]
Control = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """Seconds from the common end: until no access was left, and until every receipt was written."""

    gone: float
    ended: float
    loop: float
    posted: Sequence[float]
    """Seconds from each command that came during the storm until its request was posted."""


def measure(
    stack: Stack,
    access: WorkerAccess,
    policy: Policy,
    *,
    size: int,
    holders: Sequence[str],
    askers: Sequence[str],
    progress: Progress,
) -> Storm:
    """One storm; fails where a grant ended early, without a receipt, or broke the ledger."""
    talk.until_ready(stack)
    crowd = _crowd(stack, access, policy, size, holders)
    ends = crowd.grants[0].expires_at
    if ends is None:
        raise AssertionError("a crowd has an end")
    with psycopg.connect(stack.control.superuser_url, autocommit=True) as control:
        with Watch(access, crowd, stack.control.superuser_url, min(SESSIONS, size)) as watch:
            _await_jobs(control, ends, progress)
            posted = _ask_until_ended(stack, control, watch, ends, askers, progress)
            sight = watch.sight()
        _check(control, crowd, sight, ends)
    progress(
        f"storm: gone {sight.gone - ends.timestamp():.1f} s, ended {sight.ended - ends.timestamp():.1f} s"
    )
    stack.stop("workers")  # the loop gets the machine as the storm had it
    return Storm(
        gone=sight.gone - ends.timestamp(),
        ended=sight.ended - ends.timestamp(),
        loop=loop_seconds(access, policy, size=size, sessions=min(SESSIONS, size), progress=progress),
        posted=posted,
    )


def figures(kind: str, size: int, storms: Sequence[Storm]) -> list[Figure]:
    """One figure for each promise."""
    gone, ended = AIMS[kind]
    beside, loops = "bare loop", [storm.loop for storm in storms]
    return [
        Figure(
            name=f"storm, {size:,} {kind}: access gone for all",
            seconds=[storm.gone for storm in storms],
            beside=beside,
            beside_seconds=loops,
            aim=f"ratio at most {gone}",
        ),
        Figure(
            name=f"storm, {size:,} {kind}: all ended with receipts",
            seconds=[storm.ended for storm in storms],
            beside=beside,
            beside_seconds=loops,
            aim=f"ratio at most {ended}",
        ),
        Figure(
            name=f"storm, {size:,} {kind}: a request made meanwhile is posted",
            seconds=[seconds for storm in storms for seconds in storm.posted],
            aim="p99 < 2 s",
        ),
    ]


def _crowd(stack: Stack, access: WorkerAccess, policy: Policy, size: int, holders: Sequence[str]) -> Crowd:
    """Their end leaves the workers time to put every delayed job into the queue."""
    with psycopg.connect(stack.control.superuser_url, autocommit=True) as control:
        (now,) = control.execute("select now()").fetchall()[0]
    return make_crowd(
        stack.control,
        access,
        policy,
        size=size,
        holders=[SlackId(holder) for holder in holders],
        expires_at=now + timedelta(seconds=20 + size / 100),
        posted=_posted(stack),
        queued=True,
    )


def _posted(stack: Stack) -> Posted:
    """A message that Slack has, for the grants' own messages to point at."""
    request_id = talk.ask(stack, f"orders-prod read 10m {talk.REASON}")
    return Posted(channel=CHANNEL, ts=talk.waiting(stack, request_id).ts)


def _await_jobs(control: Control, ends: datetime, progress: Progress) -> None:
    waiting = "select count(*) from outbox where dispatched_at is null"
    while (left := control.execute(waiting).fetchall()[0][0]) and time.time() < ends.timestamp():
        time.sleep(0.2)
    progress(
        f"storm: {left} delayed jobs are not in the queue at the end" if left else "storm: all is queued"
    )


def _ask_until_ended(
    stack: Stack, control: Control, watch: Watch, ends: datetime, askers: Sequence[str], progress: Progress
) -> list[float]:
    """Each asks once, every two seconds, until the last grant has ended."""
    asked: dict[str, float] = {}
    waiting = iter(askers)
    while time.time() < ends.timestamp() + 0.2:
        time.sleep(0.01)
    while not watch.over:
        if time.time() > ends.timestamp() + PATIENCE:
            raise AssertionError(f"not over after {PATIENCE} s: {watch.state}")
        if (asker := next(waiting, None)) is not None:
            asked[asker] = time.time()
            _ask(stack, asker, progress)
        progress(f"storm: {watch.state}")
        watch.wait(ASK_EVERY)
    return [_posted_at(control, asker) - began for asker, began in asked.items()]


def _ask(stack: Stack, asker: str, progress: Progress) -> None:
    """Until it is taken: what Slack waited for in vain counts as time that the person waited."""
    for _ in range(TRIES):
        result = stack.person(asker).command(
            "/dbaccess", f"orders-prod read 10m {talk.REASON}", channel=CHANNEL
        )
        said = [plain(m) for m in stack.person(asker).ephemerals(CHANNEL) if m.ts == result.ts]
        if any("Sent: R-" in text or "still open" in text for text in said):
            return
        progress(f"storm: {asker} is not answered: {result.error} {said}")
    raise AssertionError(f"{asker} was never answered")


def _posted_at(control: Control, asker: str) -> float:
    until = time.monotonic() + PATIENCE
    while (row := control.execute(POSTED, [asker]).fetchone()) is None:
        if time.monotonic() > until:
            raise AssertionError(f"the request of {asker} was never posted")
        time.sleep(0.05)
    return float(row[0].timestamp())


def _check(control: Control, crowd: Crowd, sight: Sight, ends: datetime) -> None:
    if sight.first < ends.timestamp():
        raise AssertionError(f"access went {ends.timestamp() - sight.first:.3f} s before its end")
    ids = [grant.id for grant in crowd.grants]
    bad = control.execute(
        """select id, state, ended_at, receipt is null from grants
            where id = any(%s) and (state <> 'ended' or ended_at < expires_at or receipt is null) limit 5""",
        [ids],
    ).fetchall()
    events = control.execute(
        "select count(*) from ledger where kind = 'grant.ended' and grant_id = any(%s)", [ids]
    ).fetchall()[0][0]
    broken = list(faults(_entries(control)))
    if bad or broken or events != len(ids):
        raise AssertionError(f"grants {bad}, {events} ended events, ledger {broken[:3]}")


def _entries(control: Control) -> list[Entry]:
    rows = control.execute("select seq, prev_hash, body, hash from ledger order by seq").fetchall()
    return [Entry(seq=seq, prev_hash=prev, body=body, hash=digest) for seq, prev, body, digest in rows]
