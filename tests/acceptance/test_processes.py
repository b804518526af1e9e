"""The programs as an operator starts, loses and stops them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.acceptance import records, talk
from tests.acceptance.stack import Stack, wait
from tests.databases import PostgresServer

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; CI is Linux"),
]

BUSY = 5.0
"""Seconds that a busy machine may add."""


def test_a_part_that_was_killed_is_started_again(stack: Stack) -> None:
    supervisor = stack.processes["workers"].pid
    before = wait(lambda: _parts(supervisor) if len(_parts(supervisor)) == 6 else None, 20)
    killed = before.pop()
    os.kill(killed, signal.SIGKILL)
    after = wait(lambda: now if len(now := _parts(supervisor)) == 6 and killed not in now else None, 20)
    assert set(before) < set(after)


@pytest.mark.parametrize("program", ["bot", "workers"])
def test_however_often_it_is_told_to_stop_it_stops(stack: Stack, program: str) -> None:
    """A handler may run inside another: what waits there for a lock of its own thread waits for ever."""
    talk.until_ready(stack)
    process = stack.processes.pop(program)
    parts = _parts(process.pid)
    for _ in range(300):
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
    # Python lets go of its handlers at the very end, and one that comes then ends it.
    assert process.wait(30) in {0, -signal.SIGTERM, -signal.SIGINT}
    wait(lambda: not any(_lives(part) for part in parts), 20)


def test_a_part_that_was_stopped_is_replaced_within_seconds(stack: Stack) -> None:
    supervisor = stack.processes["workers"].pid
    stopped = wait(lambda: _part(supervisor, "reconciler"), 20)
    os.kill(stopped, signal.SIGSTOP)
    begun = time.monotonic()
    wait(lambda: _part(supervisor, "reconciler") not in {None, stopped}, 30)
    assert time.monotonic() - begun < 5 + BUSY
    assert not _lives(stopped)


def test_workers_stop_within_seconds_though_a_target_does_not_answer(
    stack: Stack, target_postgres: PostgresServer
) -> None:
    """What they leave is free at once, and is found by those that start next."""
    request_id = talk.activate(stack)
    target_postgres.pause()
    try:
        assert stack.person("U0MAYA").click(talk.holders_message(stack), text="I'm done", confirmed=True).sent
        wait(lambda: "grant.revoke_started" in records.kinds(stack, request_id), 20)
        begun = time.monotonic()
        stack.stop("workers")
        assert time.monotonic() - begun < 5 + BUSY
    finally:
        target_postgres.resume()
    stack.start_workers()
    wait(lambda: records.grant_state(stack, request_id) == "ended", 40)


def test_no_part_outlives_its_supervisor(stack: Stack) -> None:
    supervisor = stack.processes.pop("workers")
    parts = wait(lambda: _parts(supervisor.pid), 20)
    supervisor.kill()
    supervisor.wait(10)
    wait(lambda: not any(_lives(part) for part in parts), 20)


def test_metrics_say_what_is_true_now(stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = stack.environment("workers") | {"METRICS_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "workers", "--part", "metrics"], env=env, cwd=stack.home
    )
    try:
        text = wait(lambda: _read(f"http://127.0.0.1:{port}/metrics"), 20)
    finally:
        process.terminate()
        process.wait(10)
    assert 'dbaccess_grants_open{state="active"} 0.0' in text
    assert "dbaccess_overdue_seconds 0.0" in text
    assert "dbaccess_requests_pending 0.0" in text


@pytest.mark.parametrize(
    ("program", "missing"),
    [("bot", "SLACK_APP_TOKEN"), ("workers", "DATABASE_URL"), ("workers", "DBACCESS_CLUSTER_MAIN_URL")],
)
def test_a_missing_secret_stops_the_start_with_one_line(stack: Stack, program: str, missing: str) -> None:
    env = {name: value for name, value in stack.environment(program).items() if name != missing}
    options = ["--part", "reconciler"] if program == "workers" else []
    done = subprocess.run(
        [sys.executable, "-m", program, *options],
        env=env,
        cwd=stack.home,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert missing in done.stderr


def test_the_bot_refuses_to_hold_a_targets_credentials(stack: Stack) -> None:
    env = stack.environment("bot") | {"DBACCESS_CLUSTER_MAIN_URL": "postgresql://x"}
    done = subprocess.run(
        [sys.executable, "-m", "bot"], env=env, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert "DBACCESS_CLUSTER_MAIN_URL" in done.stderr


def _part(supervisor: int, name: str) -> int | None:
    for pid in _parts(supervisor):
        comm = Path(f"/proc/{pid}/comm")
        if comm.exists() and comm.read_text().strip() == name:
            return pid
    return None


def _parts(supervisor: int) -> list[int]:
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children")
    return [int(pid) for pid in children.read_text().split()] if children.exists() else []


def _lives(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def _read(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 our own process
            return str(answer.read().decode())
    except OSError:
        return ""
