"""A job in the queue runs, and leaves nothing behind."""

import json
import time
import zlib
from datetime import UTC, datetime, timedelta

import pytest
import redis
from pydantic import SecretStr
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from dbaccess.ports import Job
from dbaccess.queue import RqQueue
from dbaccess.queue.allowed import MAX_SUBJECT
from dbaccess.queue.move_due_jobs import mover
from demo.servers.valkey import Valkey
from sandbox.waiting import PATIENCE
from tests.integration.queue.conftest import Workers
from tests.integration.queue.recorded import Recorded


@pytest.mark.parametrize("job", list(Job))
def test_each_job_runs_once_with_its_number(
    queue: RqQueue, workers: Workers, recorded: Recorded, job: Job
) -> None:
    queue.put(job, 1042)
    workers.drain()
    workers.drain()
    assert recorded.calls == [(job, 1042)]


@pytest.mark.parametrize("subject", [0, 1, MAX_SUBJECT])
def test_every_id_that_the_database_can_give_passes(
    queue: RqQueue, workers: Workers, recorded: Recorded, subject: int
) -> None:
    queue.put(Job.DIRECTORY, subject)
    workers.drain()
    assert recorded.calls == [(Job.DIRECTORY, subject)]


def test_the_same_job_put_twice_does_no_harm(queue: RqQueue, workers: Workers, recorded: Recorded) -> None:
    queue.put(Job.REVOKE, 7)
    queue.put(Job.REVOKE, 7, at=datetime.now(UTC) - timedelta(seconds=5))
    mover(queue._redis)()
    workers.drain()
    assert recorded.calls == [(Job.REVOKE, 7)] * 2


def test_a_delayed_job_waits_for_its_time(queue: RqQueue, workers: Workers, recorded: Recorded) -> None:
    at = datetime(2031, 1, 1, 12, 0, 0, 400_000, tzinfo=UTC)
    queue.put(Job.REVOKE, 7, at=at)
    assert mover(queue._redis)(now=at.timestamp()) == 0, "never before its time, not by a fraction"
    workers.drain()
    assert recorded.calls == []
    assert mover(queue._redis)(now=at.timestamp() + 1) == 1
    workers.drain()
    assert recorded.calls == [(Job.REVOKE, 7)]


def test_nothing_stays_in_redis_after_a_job(
    queue: RqQueue, workers: Workers, server: "redis.Redis[bytes]"
) -> None:
    queue.put(Job.PROVISION, 7)
    workers.drain()
    assert server.keys("*provision*") == []
    assert server.llen("rq:queue:targets") == 0
    assert server.llen("rq:queue:targets:intermediate") == 0


def test_a_failing_job_leaves_no_text_in_redis_and_the_next_one_runs(
    queue: RqQueue, workers: Workers, recorded: Recorded, server: "redis.Redis[bytes]"
) -> None:
    recorded.fail_with = RuntimeError("alter role x password 'SCRAM-SHA-256$secret'")
    queue.put(Job.CREDENTIALS, 1)
    queue.put(Job.CREDENTIALS, 2)
    workers.drain()
    assert recorded.calls == [(Job.CREDENTIALS, 1), (Job.CREDENTIALS, 2)]
    assert b"SCRAM" not in _everything(server)


@pytest.mark.parametrize(
    ("job", "about"),
    [
        (Job.PROVISION, {"grant": "G-1042"}),
        (Job.REVOKE, {"grant": "G-1042"}),
        (Job.DIRECTORY, {"subject": "1042"}),
    ],
)
def test_log_lines_of_a_job_have_the_label_of_its_grant(
    queue: RqQueue, workers: Workers, recorded: Recorded, job: Job, about: dict[str, str]
) -> None:
    recorded.fail_with = RuntimeError("no text of an error is logged")
    queue.put(job, 1042)
    with capture_logs(processors=[merge_contextvars]) as logged:
        workers.drain()
    assert [line for line in logged if line["event"] == "job failed"] == [
        {"event": "job failed", "log_level": "error", "error": "RuntimeError", "job": job.value, **about}
    ]


def test_a_job_holds_a_name_and_a_number_and_nothing_else(
    queue: RqQueue, server: "redis.Redis[bytes]"
) -> None:
    queue.put(Job.REVOKE, 1042)
    (key,) = server.keys("rq:job:*")
    assert json.loads(zlib.decompress(server.hget(key, "data") or b"")) == [
        "workers.jobs.revoke.run", None, [1042], {}
    ]  # fmt: skip
    assert 0 < server.ttl(key) <= 86_400, "an untaken job is gone after a day"


def test_a_job_over_its_time_is_stopped_and_the_next_one_runs(
    queue: RqQueue, workers: Workers, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dbaccess.queue.rq_worker.TIMEOUT", {"targets": 1})
    monkeypatch.setattr("workers.jobs.provision.run", lambda _: time.sleep(PATIENCE))
    queue.put(Job.PROVISION, 1)
    queue.put(Job.REVOKE, 2)
    began = time.monotonic()
    workers.drain()
    assert time.monotonic() - began < PATIENCE
    assert recorded.calls == [(Job.REVOKE, 2)]


def test_a_wiped_queue_does_no_harm(
    queue: RqQueue, workers: Workers, recorded: Recorded, server: "redis.Redis[bytes]"
) -> None:
    queue.put(Job.REVOKE, 7)
    queue.put(Job.REVOKE, 8, at=datetime.now(UTC) - timedelta(seconds=1))
    server.flushdb()
    mover(queue._redis)()
    workers.drain()
    assert recorded.calls == []
    queue.put(Job.REVOKE, 9)
    workers.drain()
    assert recorded.calls == [(Job.REVOKE, 9)]


def test_a_queue_that_is_gone_is_a_connection_error_without_its_address(own_valkey: Valkey) -> None:
    queue = RqQueue(SecretStr(own_valkey.url()))
    queue.put(Job.DIRECTORY, 1)
    own_valkey.stop()
    with pytest.raises(ConnectionError) as raised:
        queue.put(Job.DIRECTORY, 2)
    assert own_valkey.url() not in str(raised.value)
    with pytest.raises(ConnectionError):
        queue.ping()
    queue._redis.close()


def _everything(server: "redis.Redis[bytes]") -> bytes:
    return b"\n".join(server.dump(key) or b"" for key in server.scan_iter())
