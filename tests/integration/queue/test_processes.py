"""Worker and scheduler as processes: they stop when told, and outlive a queue that is gone for a while."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr

from dbaccess.ports import Job
from dbaccess.queue import RqQueue
from demo.servers.valkey import Valkey
from sandbox.waiting import PATIENCE

PREAMBLE = (
    "import os; from pydantic import SecretStr; from dbaccess import queue; "
    "url = SecretStr(os.environ['QUEUE'])"
)
SCHEDULER = "queue.run_scheduler(url)"
WORKER = "queue.run_worker('targets', url)"


@contextmanager
def process(work: str, url: str) -> Iterator["subprocess.Popen[bytes]"]:
    program = f"{PREAMBLE}; {work}"
    with subprocess.Popen([sys.executable, "-c", program], env={"QUEUE": url}) as started:
        try:
            yield started
        finally:
            if started.poll() is None:
                started.kill()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.05)


def queued(server: "redis.Redis[bytes]") -> bool:
    return server.llen("rq:queue:targets") == 1


def test_a_killed_scheduler_is_followed_by_the_next_at_once(
    redis_url: str, server: "redis.Redis[bytes]", queue: RqQueue
) -> None:
    with process(SCHEDULER, redis_url) as first:
        queue.put(Job.REVOKE, 1, at=datetime.now(UTC) + timedelta(seconds=0.2))
        until(lambda: queued(server))
        first.kill()
    server.delete("rq:queue:targets")
    queue.put(Job.REVOKE, 2, at=datetime.now(UTC) + timedelta(seconds=0.2))
    with process(SCHEDULER, redis_url) as second:
        until(lambda: queued(server))
        second.terminate()
        assert second.wait(PATIENCE) == 0


def test_two_schedulers_move_a_job_once(redis_url: str, server: "redis.Redis[bytes]", queue: RqQueue) -> None:
    for subject in range(200):
        queue.put(Job.REVOKE, subject, at=datetime.now(UTC) + timedelta(seconds=1))
    with process(SCHEDULER, redis_url), process(SCHEDULER, redis_url):
        until(lambda: server.zcard("rq:scheduled:targets") == 0)
    ids = server.lrange("rq:queue:targets", 0, -1)
    assert len(ids) == len(set(ids)) == 200


@pytest.mark.parametrize("work", [WORKER, SCHEDULER])
def test_a_process_outlives_a_queue_that_is_gone_for_a_while(own_valkey: Valkey, work: str) -> None:
    url = own_valkey.url()
    own_valkey.stop()
    with process(work, url) as started:
        time.sleep(2)
        assert started.poll() is None
        own_valkey.start()
        queue = RqQueue(SecretStr(url))
        client = queue._redis
        if work == SCHEDULER:
            queue.put(Job.REVOKE, 1, at=datetime.now(UTC))
            until(lambda: queued(client))
        else:
            until(lambda: client.keys("rq:worker:*") != [])
        started.terminate()
        assert started.wait(PATIENCE) == 0
        client.close()


SLOW_JOB = """
import sys, time, types
from pathlib import Path

def run(subject):
    told = Path(os.environ["TOLD"])
    told.write_text("begun")
    while not told.with_suffix(".go").exists():
        try:
            time.sleep(0.02)
        except Exception:
            told.write_text("aborted")
            raise
    told.write_text("finished")

sys.modules["workers.jobs.revoke"] = types.SimpleNamespace(run=run)
"""


def test_a_worker_that_is_told_to_stop_finishes_its_job_and_goes(
    redis_url: str, server: "redis.Redis[bytes]", queue: RqQueue, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    queue.put(Job.REVOKE, 1)
    queue.put(Job.REVOKE, 2)
    program = f"{PREAMBLE}\n{SLOW_JOB}\n{WORKER}"
    environment = {"QUEUE": redis_url, "TOLD": str(told)}
    with subprocess.Popen([sys.executable, "-c", program], env=environment) as started:
        until(lambda: told.exists() and told.read_text() == "begun")
        for _ in range(3):
            started.terminate()
        with pytest.raises(subprocess.TimeoutExpired):
            started.wait(0.5)
        told.with_suffix(".go").touch()
        assert started.wait(PATIENCE) == 0
    assert told.read_text() == "finished"
    assert queued(server)


def test_a_worker_that_is_idle_stops(redis_url: str, server: "redis.Redis[bytes]") -> None:
    """It waits for jobs without end, and is told to stop in the middle of that."""
    with process(WORKER, redis_url) as started:
        until(lambda: any("b" in client["flags"] for client in server.client_list()))  # blocked
        started.terminate()
        assert started.wait(PATIENCE) == 0
