"""The cost of thousands of active grants with nothing due, and the speed of answers beside them."""

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bench.crowd import make_crowd
from bench.figures import Figure
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from tests.acceptance import records, talk
from tests.acceptance.stack import Stack
from tests.contract.postgresql.least_privilege import WorkerAccess

SETTLES, LOOKS = 20.0, 30.0
"""Seconds before the processor's time is measured, and for which it is."""
TIMES = 10
PAUSE = 0.005


def measure(
    stack: Stack,
    access: WorkerAccess,
    policy: Policy,
    *,
    size: int,
    holders: Sequence[str],
    askers: Sequence[str],
    progress: Callable[[str], None],
) -> list[Figure]:
    """The grants of the crowd end in an hour: nothing but time passes."""
    talk.until_ready(stack)
    make_crowd(
        stack.control,
        access,
        policy,
        size=size,
        holders=[SlackId(holder) for holder in holders],
        expires_at=datetime.now(UTC) + timedelta(hours=1),
        queued=True,
    )
    time.sleep(SETTLES + size / 200)  # the delayed jobs are put into the queue meanwhile
    share = _share_of_a_core(stack)
    progress(f"standing: {size} active, nothing due: {share * 100:.1f} % of a core")
    beside = f"{size:,} active"
    texts = {"who": "who orders-prod", "list": "list"}
    answers = {
        name: [_seconds(partial(talk.say, stack, text, person)) for person in holders[:TIMES]]
        for name, text in texts.items()
    }
    answers["revoke"] = [
        _seconds(partial(talk.say, stack, "revoke orders-prod", "U0PRIYA")) for _ in range(TIMES)
    ]
    home = [_seconds(partial(talk.open_home, stack, person)) for person in holders[:TIMES]]
    given = [_provision(stack, person) for person in askers[:TIMES]]
    return [
        Figure(
            name=f"{beside}, nothing due: workers' share of a core, in ms a second",
            seconds=[share],
            aim="< 30",
        ),
        *(
            Figure(name=f"{beside}: /dbaccess {n} answered", seconds=s, aim="< 300 ms")
            for n, s in answers.items()
        ),
        Figure(name=f"{beside}: Home is shown", seconds=home, aim="< 300 ms"),
        Figure(name=f"{beside}: Approve click to active", seconds=given, aim="< 200 ms"),
    ]


def _provision(stack: Stack, person: str) -> float:
    request_id = talk.ask(stack, f"orders-prod read 10m {talk.REASON}", person)
    message = talk.waiting(stack, request_id)
    began = time.perf_counter()
    stack.person("U0PRIYA").click(message, action_id="request.approve", confirmed=True)
    while records.grant_state(stack, request_id) != "active":
        time.sleep(PAUSE)
    return time.perf_counter() - began


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _share_of_a_core(stack: Stack) -> float:
    supervisor = stack.processes["workers"].pid
    before, began = _used(supervisor), time.monotonic()
    time.sleep(LOOKS)
    return (_used(supervisor) - before) / (time.monotonic() - began)


def _used(supervisor: int) -> float:
    """Seconds of processor time that the supervisor and its parts have used."""
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    ticks = 0
    for pid in (str(supervisor), *children):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
