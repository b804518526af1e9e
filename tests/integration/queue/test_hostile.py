"""An attacker who can write to Redis runs no code and no other job, and stops no worker."""

import json
import os
import pickle
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from dbaccess.ports import Job
from dbaccess.queue import RqQueue
from dbaccess.queue.allowed import QUEUE_NAMES
from dbaccess.queue.move_due_jobs import mover
from tests.integration.queue.conftest import Workers
from tests.integration.queue.recorded import Recorded

REVOKE = "workers.jobs.revoke.run"
JOB_ID = "revoke-1042-0a1b2c3d"


class Enemy:
    """Writes to Redis what RQ would take for a job."""

    def __init__(self, server: "redis.Redis[bytes]", touched: Path) -> None:
        self.server = server
        self.touched = touched

    def put(self, data: bytes, *, job_id: str = JOB_ID, queue: str = "targets", **fields: Any) -> None:
        job: dict[Any, Any] = {
            "data": data,
            "origin": queue,
            "status": "queued",
            "created_at": "2026-01-01T00:00:00Z",
        }
        self.server.hset(f"rq:job:{job_id}", mapping=job | fields)
        self.server.rpush(f"rq:queue:{queue}", job_id)

    def put_json(self, content: Any, **fields: Any) -> None:
        self.put(zlib.compress(json.dumps(content).encode()), **fields)


class Touches:
    """Unpickled, it leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.system, (f"touch {self.path}",)


@pytest.fixture
def enemy(server: "redis.Redis[bytes]", tmp_path: Path) -> Enemy:
    return Enemy(server, tmp_path / "touched")


@pytest.fixture
def after(
    enemy: Enemy, queue: RqQueue, workers: Workers, recorded: Recorded, server: "redis.Redis[bytes]"
) -> Callable[[], None]:
    """Nothing of the enemy's ran, it is removed, and our own next job runs."""

    def check() -> None:
        for name, job in zip(QUEUE_NAMES, (Job.CREDENTIALS, Job.REVOKE, Job.DIRECTORY), strict=True):
            queue.put(job, 7)
            assert server.llen(f"rq:queue:{name}") >= 1
        workers.drain()
        assert not enemy.touched.exists()
        assert recorded.calls == [(Job.CREDENTIALS, 7), (Job.REVOKE, 7), (Job.DIRECTORY, 7)]
        assert server.keys("rq:job:*") == []

    return check


def test_a_pickle_is_not_opened(enemy: Enemy, after: Callable[[], None]) -> None:
    bomb = pickle.dumps((REVOKE, None, Touches(enemy.touched), {}))
    enemy.put(bomb)
    enemy.put(zlib.compress(bomb), job_id="revoke-1043-0a1b2c3d")
    after()


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "subprocess.run",
        "workers.jobs.revoke.importlib.import_module",
        "workers.jobs.revoke.run ",
        "workers.jobs.revoke",
        "workers.wiring.of_this_process",
        "dbaccess.storage.migrate.migrate",
        None,
        17,
        ["workers.jobs.revoke.run"],
    ],
)
def test_another_function_is_refused(enemy: Enemy, after: Callable[[], None], name: object) -> None:
    enemy.put_json([name, None, [f"touch {enemy.touched}"], {}])
    after()


@pytest.mark.parametrize(
    "arguments",
    [
        ["1042"], [True], [1042.0], [[1042]], [None], [-1], [2**63], [10**400], [{"id": 1}],
        [], [1042, 1043], {"0": 1042}, "1042", 1042,
    ],
)  # fmt: skip
def test_an_argument_that_is_no_id_is_refused(
    enemy: Enemy, after: Callable[[], None], arguments: object
) -> None:
    enemy.put_json([REVOKE, None, arguments, {}])
    after()


@pytest.mark.parametrize(
    "content",
    [
        [REVOKE, "workers.jobs.revoke.Hands", [1042], {}],
        [REVOKE, None, [1042], {"hands": 1}],
        [REVOKE, None, [1042], None],
        [REVOKE, None, [1042]],
        {"func": REVOKE},
        REVOKE,
        None,
    ],
)
def test_another_shape_is_refused(enemy: Enemy, after: Callable[[], None], content: object) -> None:
    enemy.put_json(content)
    after()


@pytest.mark.parametrize(
    "data",
    [b"", b"not json", b"\xff\xfe\x00", zlib.compress(b"\xff"), zlib.compress(b"[" * 1000),
     zlib.compress(b" " * 50_000_000), b"[" * 2_000_000, zlib.compress(b'["workers.jobs.revoke.run"')[:-5]],
)  # fmt: skip
def test_bytes_that_are_no_job_are_refused(enemy: Enemy, after: Callable[[], None], data: bytes) -> None:
    enemy.put(data)
    after()


def test_a_job_in_the_queue_of_others_is_refused(enemy: Enemy, after: Callable[[], None]) -> None:
    enemy.put_json([REVOKE, None, [1042], {}], queue="interactive")
    after()


def test_the_hash_cannot_say_which_queue_it_came_from(enemy: Enemy, after: Callable[[], None]) -> None:
    enemy.put_json([REVOKE, None, [1042], {}], queue="interactive")
    enemy.server.hset(f"rq:job:{JOB_ID}", "origin", "targets")
    after()


@pytest.mark.parametrize(
    "fields",
    [
        {"success_callback_name": "os.system", "success_callback_timeout": "5"},
        {"failure_callback_name": "os.system"},
        {"stopped_callback_name": "os.system"},
        {"webhooks": json.dumps([{"url": "http://127.0.0.1:1/", "events": ["finished"]}])},
        {"repeats_left": "9", "repeat_intervals": "[0]"},
        {"retries_left": "9", "retry_intervals": "[0]"},
        {"group_id": "g"},
        {"dependency_ids": json.dumps(["revoke-1-00000000"])},
        {"timeout": "-1"},
        {"timeout": "for ever"},
        {"status": "nonsense", "created_at": "nonsense", "ended_at": "nonsense"},
        {"result": pickle.dumps(os.system), "exc_info": b"\xff", "meta": pickle.dumps(os.system)},
        {
            "result_ttl": "-1",
            "failure_ttl": "-1",
            "ttl": "x",
            "serializer": "rq.serializers.PickleSerializer",
        },
    ],
)
def test_of_a_real_job_nothing_but_its_name_and_number_counts(
    enemy: Enemy, workers: Workers, recorded: Recorded, fields: dict[str, Any]
) -> None:
    enemy.put_json([REVOKE, None, [1042], {}], **fields)
    workers.drain()
    workers.drain()
    assert recorded.calls == [(Job.REVOKE, 1042)]
    assert enemy.server.keys("rq:job:*") == []
    assert enemy.server.keys("rq:results:*") == []


def test_dependents_of_a_job_are_not_started(enemy: Enemy, workers: Workers, recorded: Recorded) -> None:
    enemy.put_json([REVOKE, None, [1042], {}])
    enemy.server.hset("rq:job:provision-9-00000000", "data", zlib.compress(b"[]"))
    enemy.server.sadd(f"rq:job:{JOB_ID}:dependents", "provision-9-00000000")
    workers.drain()
    assert recorded.calls == [(Job.REVOKE, 1042)]
    assert enemy.server.llen("rq:queue:targets") == 0


@pytest.mark.parametrize(
    "job_id", [b"", b"\xff\xfe", b"../x", b"a:b", b"revoke-1", b"x" * 100_000, b"rq:job:x", JOB_ID.encode()]
)
def test_an_id_of_nothing_is_removed(enemy: Enemy, after: Callable[[], None], job_id: bytes) -> None:
    for name in QUEUE_NAMES:
        enemy.server.rpush(f"rq:queue:{name}", job_id)
    after()
    assert [enemy.server.llen(f"rq:queue:{name}:intermediate") for name in QUEUE_NAMES] == [0, 0, 0]


def test_a_job_that_is_another_kind_of_value_is_removed(enemy: Enemy, workers: Workers) -> None:
    enemy.server.set(f"rq:job:{JOB_ID}", pickle.dumps(Touches(enemy.touched)))
    enemy.server.rpush("rq:queue:targets", JOB_ID)
    workers.drain()
    assert enemy.server.llen("rq:queue:targets") == 0
    assert not enemy.touched.exists()


def test_registries_and_groups_are_not_read(
    enemy: Enemy, workers: Workers, recorded: Recorded, queue: RqQueue
) -> None:
    bomb = pickle.dumps(("os.system", None, (f"touch {enemy.touched}",), {}))
    fields: dict[Any, Any] = {
        "data": bomb,
        "origin": "targets",
        "failure_callback_name": "os.system",
        "group_id": "g",
    }
    enemy.server.hset("rq:job:old", mapping=fields)
    for registry in ("wip", "failed", "finished", "deferred", "scheduled"):
        enemy.server.zadd(f"rq:{registry}:targets", {"old": 1, "old:execution": 1})
    enemy.server.sadd("rq:groups", "g")
    enemy.server.sadd("rq:group:g:jobs", "old")
    enemy.server.rpush("rq:queue:targets:intermediate", "old")
    queue.put(Job.REVOKE, 7)
    workers.drain()
    assert recorded.calls == [(Job.REVOKE, 7)]
    assert enemy.server.hgetall("rq:job:old").keys() == {key.encode() for key in fields}, "never touched"
    assert not enemy.touched.exists()


def test_a_worker_of_rq_itself_would_have_run_it(enemy: Enemy) -> None:
    enemy.put_json(["os.system", None, [f"touch {enemy.touched}"], {}])
    plain = SimpleWorker(["targets"], connection=enemy.server, serializer=JSONSerializer)
    plain.work(burst=True, logging_level="ERROR")
    assert enemy.touched.exists(), "these tests would notice"


def test_workers_cannot_be_suspended_or_told_to_stop(enemy: Enemy, after: Callable[[], None]) -> None:
    enemy.server.set("rq:suspended", 1)
    for channel in enemy.server.pubsub_channels("rq:pubsub:*"):
        enemy.server.publish(channel, json.dumps({"command": "shutdown"}))
    after()


def test_the_scheduler_moves_ids_and_reads_no_job(
    enemy: Enemy, workers: Workers, recorded: Recorded, queue: RqQueue
) -> None:
    bomb = pickle.dumps(Touches(enemy.touched))
    enemy.server.hset("rq:job:revoke-1-00000000", mapping={"data": bomb, "created_at": "nonsense"})
    due = time.time() - 5
    enemy.server.zadd("rq:scheduled:targets", {"revoke-1-00000000": due, b"\xff": due, "gone": due})
    enemy.server.set("rq:scheduled:notify", "not a sorted set")
    with pytest.raises(redis.ResponseError):
        mover(enemy.server)()
    queue.put(Job.REVOKE, 7)
    workers.drain()
    assert recorded.calls == [(Job.REVOKE, 7)]
    assert enemy.server.zcard("rq:scheduled:targets") == 0
    assert not enemy.touched.exists()
