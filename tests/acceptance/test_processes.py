"""The programs as an operator starts, loses and stops them."""

import os
import signal
import socket
import sys
import urllib.request
from pathlib import Path

import pytest

from sandbox.waiting import PATIENCE
from tests.acceptance import records, talk
from tests.acceptance.stack import Stack, wait
from tests.databases import PostgresServer
from workers.part_processes import PARTS

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; CI is Linux"),
]

RUNNING = len(PARTS) - 1
"""The parts of these workers, which serve no metrics."""


def test_a_part_that_was_killed_is_started_again(stack: Stack) -> None:
    supervisor = stack.processes["workers"].pid
    before = wait(lambda: _parts(supervisor) if len(_parts(supervisor)) == RUNNING else None)
    killed = before.pop()
    os.kill(killed, signal.SIGKILL)
    after = wait(lambda: now if len(now := _parts(supervisor)) == RUNNING and killed not in now else None)
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
    assert process.wait(PATIENCE) in {0, -signal.SIGTERM, -signal.SIGINT}
    wait(lambda: not any(_lives(part) for part in parts))


def test_a_part_that_was_stopped_is_replaced(stack: Stack) -> None:
    supervisor = stack.processes["workers"].pid
    stopped = wait(lambda: _part(supervisor, "reconciler"))
    os.kill(stopped, signal.SIGSTOP)
    wait(lambda: _part(supervisor, "reconciler") not in {None, stopped})
    assert not _lives(stopped)


def test_every_part_has_the_priority_of_its_supervisor(stack: Stack) -> None:
    """On a busy host a part that gives way to others would tell people too late."""
    supervisor = stack.processes["workers"].pid
    parts = wait(lambda: _parts(supervisor) if len(_parts(supervisor)) == RUNNING else None)
    usual = os.getpriority(os.PRIO_PROCESS, supervisor)
    assert {os.getpriority(os.PRIO_PROCESS, pid) for pid in parts} == {usual}


def test_workers_stop_before_a_silent_target_has_failed(
    stack: Stack, target_postgres: PostgresServer
) -> None:
    """Leases that they leave are free at once, and the next processes find the work."""
    request_id = talk.activate(stack)
    target_postgres.pause()
    try:
        talk.end(stack)
        wait(lambda: "grant.revoke_started" in records.kinds(stack, request_id))
        stack.stop("workers")
        assert "grant.revoke_failed" not in records.kinds(stack, request_id)
    finally:
        target_postgres.resume()
    stack.start_workers()
    wait(lambda: records.grant_state(stack, request_id) == "ended")


def test_no_part_outlives_its_supervisor(stack: Stack) -> None:
    supervisor = stack.processes.pop("workers")
    parts = wait(lambda: _parts(supervisor.pid))
    supervisor.kill()
    supervisor.wait(PATIENCE)
    wait(lambda: not any(_lives(part) for part in parts))


def test_metrics_say_what_is_true_now(stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = stack.environment("workers") | {"METRICS_PORT": str(port)}
    stack._spawn("metrics", "workers", "--part", "metrics", env=env)
    try:
        text = wait(lambda: _read(f"http://127.0.0.1:{port}/metrics"))
    finally:
        stack.stop("metrics")
    assert 'dbaccess_grants_open{state="active"} 0.0' in text
    assert "dbaccess_overdue_seconds 0.0" in text
    assert "dbaccess_requests_pending 0.0" in text


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
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 our own process
            return str(answer.read().decode())
    except OSError:
        return ""
