"""From a click to access, from a click to a password, and from the end to no access, over Socket Mode."""

import re
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from bench.figures import Figure
from dbaccess.slack.views.credentials import SHOW_CREDENTIALS
from dbaccess.slack.views.request_message import APPROVE
from sandbox.client import Message, plain
from tests.acceptance import talk
from tests.acceptance.journey import Login, connect
from tests.acceptance.stack import CHANNEL, Stack, wait

A_ROUND = 1
"""Second that a round may take, so that no grant ends before the last one began."""
OPENED, EARLY = 2.0, 0.1
"""Seconds before the end at which a session is opened, and at which polling begins."""
PAUSE = 0.002
REASON = "measuring the way of a request"
USER = re.compile(r"\*User\* (\S+)")
PASSWORD = re.compile(r"```\s*(\S+?)\s*```")
POSTED = """
select m.posted_channel, m.posted_ts from messages m join requests r on r.id = m.request_id
 where r.requester_slack_id = %s and m.kind = 'request' and m.posted_ts is not null"""
ACTIVE = "select expires_at from grants where holder_slack_id = %s and state = 'active'"
Control = psycopg.Connection[tuple[Any, ...]]


@dataclass(slots=True, kw_only=True)
class Times:
    active: list[float] = field(default_factory=list)
    connected: list[float] = field(default_factory=list)
    closed: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)


def measure(
    stack: Stack, engineers: list[str], database: str, progress: Callable[[str], None]
) -> list[Figure]:
    """One grant for each engineer, one after the other; then they end, one after the other."""
    times = Times()
    asked = f"orders-prod read {max(20, len(engineers) * A_ROUND)}s {REASON}"
    watchers = []
    with psycopg.connect(stack.control.superuser_url, autocommit=True) as control:
        for number, engineer in enumerate(engineers):
            expires_at = _activate(stack, control, engineer, asked, times)
            login = _credentials(stack, engineer, database, times)
            watcher = threading.Thread(target=_watch, args=(stack, login, database, expires_at, times))
            watcher.start()
            watchers.append(watcher)
            if number % 25 == 0:
                progress(f"line: {number} of {len(engineers)}")
        progress(f"line: the last ends at {expires_at:%H:%M:%S}Z")
    for watcher in watchers:
        watcher.join()
    if not len(times.closed) == len(times.refused) == len(engineers):
        raise AssertionError("an end came early, or did not come: see above")
    return [
        Figure(name="Approve click to active on the target", seconds=times.active, aim="p50 < 150 ms"),
        Figure(name="Show credentials click to connected", seconds=times.connected, aim="p50 < 200 ms"),
        Figure(name="end to login refused", seconds=times.refused, aim="p99 < 500 ms"),
        Figure(name="end to open session closed", seconds=times.closed, aim="p99 < 500 ms"),
    ]


def _activate(stack: Stack, control: Control, engineer: str, asked: str, times: Times) -> datetime:
    """Asks and approves; the end of the grant, once it is active."""
    result = stack.person(engineer).command("/dbaccess", asked, channel=CHANNEL)
    if result.error is not None:
        raise AssertionError(result)
    posted = wait(lambda: control.execute(POSTED, [engineer]).fetchone(), 30)
    shown = next(m for m in stack.person("U0PRIYA").messages(posted[0]) if m.ts == posted[1])
    started = time.perf_counter()
    stack.person("U0PRIYA").click(shown, APPROVE)
    while (row := control.execute(ACTIVE, [engineer]).fetchone()) is None:
        time.sleep(PAUSE)
    times.active.append(time.perf_counter() - started)
    expires_at: datetime = row[0]
    return expires_at


def _credentials(stack: Stack, engineer: str, database: str, times: Times) -> Login:
    """Shows the password and connects with it."""
    person = stack.person(engineer)

    def offered() -> Message | None:
        told = reversed(person.direct_messages())
        return next((message for message in told if talk.has(message, SHOW_CREDENTIALS)), None)

    message = wait(offered, 30)
    started = time.perf_counter()
    person.click(message, SHOW_CREDENTIALS)
    while (view := person.view()) is None or "*Password*" not in (text := plain(view)):
        time.sleep(PAUSE)
    user, password = USER.search(text), PASSWORD.search(text)
    if user is None or password is None:
        raise AssertionError("the modal shows no login")
    login = Login(user=user[1], password=password[1])
    connect(stack, login, database).close()
    times.connected.append(time.perf_counter() - started)
    person.close(view)
    return login


def _watch(stack: Stack, login: Login, database: str, expires_at: datetime, times: Times) -> None:
    """Holds a session open and tries new ones until neither is possible; fails where that is too early."""
    end = expires_at.timestamp()
    time.sleep(max(0.0, end - OPENED - time.time()))
    with connect(stack, login, database) as session:
        time.sleep(max(0.0, end - EARLY - time.time()))
        closed = refused = 0.0
        while not (closed and refused):
            if not closed and select.select([session.fileno()], [], [], PAUSE)[0]:
                closed = time.time()
            if not refused and not _lets_in(stack, login, database):
                refused = time.time()
    if min(closed, refused) < end:
        raise AssertionError(f"{login.user}: gone {end - min(closed, refused):.3f} s before its end")
    times.closed.append(closed - end)
    times.refused.append(refused - end)


def _lets_in(stack: Stack, login: Login, database: str) -> bool:
    try:
        connect(stack, login, database).close()
    except psycopg.OperationalError:
        return False
    return True
