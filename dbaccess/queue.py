"""The queue: RQ over Redis or Valkey, which is trusted with nothing.

Whoever can write to Redis can put any bytes there. So of a job only its name and its one whole number are
read, where it is executed, and all by which RQ would go on from there is left out: callbacks, webhooks,
dependents, repeats, results, registries, commands to workers, suspension. What a lost job was to do is known
to the control database.
"""

import importlib
import itertools
import json
import re
import secrets
import signal
import threading
import time
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import redis
import structlog
from pydantic import SecretStr
from redis.backoff import NoBackoff
from redis.retry import Retry as RedisRetry
from rq import Queue, SimpleWorker
from rq.job import Job as RqJob
from rq.registry import ScheduledJobRegistry
from rq.serializers import JSONSerializer
from rq.timeouts import JobTimeoutException

from dbaccess.domain.errors import BadAddress
from dbaccess.ports import Job

log = structlog.get_logger()

QUEUES = {
    Job.CREDENTIALS: "interactive",
    Job.PROVISION: "targets",
    Job.REVOKE: "targets",
    Job.EXTEND: "targets",
    Job.NOTIFY: "notify",
    Job.DIRECTORY: "notify",
    Job.NOTICE: "notify",
}
QUEUE_NAMES = ("interactive", "targets", "notify")
TIMEOUT = {"interactive": 60, "targets": 180, "notify": 120}
"""Seconds that a job of the queue may take."""

MAX_SUBJECT = 2**63 - 1
_MAX_BYTES = 1024
"""More than any of our jobs has, packed or not."""

_JOB_ID = re.compile(rb"[a-z]{1,20}-[0-9]{1,19}-[0-9a-f]{8}")
_KEPT_AFTER_DUE = timedelta(days=1)


class RefusedJob(Exception):
    """Something in Redis that is not one of our jobs; the text says why, never what it holds."""


def function_of(job: Job) -> str:
    """The dotted name under which the queue knows a job."""
    return f"workers.jobs.{job.value}.run"


_JOBS = {function_of(job): job for job in Job}


def allowed(data: bytes, origin: str) -> tuple[Job, int]:
    """What the bytes ask for; raises `RefusedJob` for anything but a known word and one whole number."""
    content = _unpacked(data)
    if not (isinstance(content, list) and len(content) == 4):  # noqa: PLR2004 name, instance, args, kwargs
        raise RefusedJob("not the shape of a job")
    name, instance, arguments, keywords = content
    job = _JOBS.get(name) if isinstance(name, str) else None
    if job is None:
        raise RefusedJob("not one of our functions")
    if QUEUES[job] != origin:
        raise RefusedJob("in the queue of other jobs")
    if instance is not None or keywords != {}:
        raise RefusedJob("more than one argument")
    if not (isinstance(arguments, list) and len(arguments) == 1 and type(arguments[0]) is int):
        raise RefusedJob("not one whole number")
    if not 0 <= arguments[0] <= MAX_SUBJECT:
        raise RefusedJob("not a number of ours")
    return job, arguments[0]


def _unpacked(data: bytes) -> Any:
    if len(data) > _MAX_BYTES:
        raise RefusedJob("too long")
    try:
        unpacked = zlib.decompressobj().decompress(data, _MAX_BYTES)
        return json.loads(unpacked)
    except (zlib.error, ValueError, RecursionError):
        raise RefusedJob("not packed JSON") from None


class AllowedJob(RqJob):
    """A job of which nothing is read but `data`, and that only by `allowed`."""

    def __init__(self, id: str | None = None, connection: Any = None, serializer: Any = None) -> None:  # noqa: A002 RQ's word
        del serializer
        super().__init__(id=id, connection=connection, serializer=JSONSerializer)
        self.packed = b""

    def restore(self, raw_data: Any) -> None:
        """The hash has `data`, or it is no job; every other field stays unread."""
        packed = raw_data.get(b"data")
        self.packed = packed if isinstance(packed, bytes) else b""

    def perform(self) -> None:
        """Raises: `AllowedWorker` runs jobs, without what RQ does around them."""
        raise RefusedJob("run by AllowedWorker only")


class AllowedQueue(Queue):
    """A queue whose list may hold anything."""

    @classmethod
    def dequeue_any(  # type: ignore[override]  # RQ's types name its own Job
        cls, queues: Any, timeout: int | None, connection: Any, **_: Any
    ) -> tuple[AllowedJob, "AllowedQueue"] | None:
        """The next thing that could be a job; what could not is removed."""
        queue = queues[0]
        while (found := cls.lmove(connection, queue.key, timeout)) is not None:
            job_id = found[1]
            if _JOB_ID.fullmatch(job_id):
                job = AllowedJob(job_id.decode(), connection=connection)
                try:
                    job.refresh()  # type: ignore[no-untyped-call]
                except Exception:  # noqa: BLE001 no hash, or another kind of value in its place
                    log.debug("job without content", job_id=job.id)
                else:
                    return job, queue
            else:
                log.warning("job refused", queue=queue.name, why="not an id of ours")
            connection.lrem(queue.intermediate_queue_key, 1, job_id)
        return None


class AllowedWorker(SimpleWorker):
    """Runs jobs in its own process, one after the other, each within its queue's time.

    Takes no commands over Redis, cannot be suspended from there, keeps no results, failures or registries.
    """

    job_class, queue_class = AllowedJob, AllowedQueue

    def execute_job(self, job: RqJob, queue: Queue) -> None:
        try:
            what, subject = allowed(job.packed if isinstance(job, AllowedJob) else b"", queue.name)
        except RefusedJob as refused:
            log.warning("job refused", job_id=job.id, queue=queue.name, why=str(refused))
        else:
            self.heartbeat(TIMEOUT[queue.name] + 60)
            self._run(what, subject, TIMEOUT[queue.name])
        self.connection.delete(job.key)
        self.connection.lrem(queue.intermediate_queue_key, 1, job.id)

    def _run(self, what: Job, subject: int, seconds: int) -> None:
        with structlog.contextvars.bound_contextvars(job=what.value, **what.about(subject)):
            try:
                run = importlib.import_module(f"workers.jobs.{what.value}").run
                with self.death_penalty_class(seconds, JobTimeoutException):
                    run(subject)
            except Exception as error:  # noqa: BLE001 a process loop: the control database knows what is undone
                log.error("job failed", error=type(error).__name__)  # noqa: TRY400 its text could quote SQL

    def subscribe(self) -> None:
        """No channel: whoever can write to Redis could stop workers by it."""

    def check_for_suspension(self, burst: bool) -> None:  # noqa: FBT001 RQ's signature
        """Never: the same."""

    def run_maintenance_tasks(self) -> None:
        """Nothing is kept that would need it; RQ would load other people's jobs here."""
        self.last_cleaned_at = datetime.now(UTC)  # type: ignore[assignment]  # RQ declares it by its first value


class RqQueue:
    """`JobQueue` over RQ."""

    def __init__(self, url: SecretStr) -> None:
        self._redis = connect(url)
        self._queues = {
            name: Queue(name, connection=self._redis, serializer=JSONSerializer) for name in QUEUE_NAMES
        }

    def put(self, job: Job, subject: int, *, at: datetime | None = None) -> None:
        queue = self._queues[QUEUES[job]]
        job_id = f"{job.value}-{subject}-{secrets.token_hex(4)}"
        options: dict[str, Any] = {"job_id": job_id, "description": job_id, "result_ttl": 0}
        try:
            with self._redis.pipeline() as pipeline:
                options["pipeline"] = pipeline
                if at is None:
                    put = queue.enqueue(function_of(job), subject, **options)
                else:
                    at = _whole_second_after(at)
                    put = queue.enqueue_at(at, function_of(job), subject, **options)
                # Only a worker that was killed leaves one behind.
                pipeline.expireat(put.key, (at or datetime.now(UTC)) + _KEPT_AFTER_DUE)
                pipeline.execute()
        except redis.RedisError as error:
            raise ConnectionError(f"The queue cannot be reached: {type(error).__name__}") from None

    def ping(self) -> None:
        """Raises `ConnectionError` where Redis does not answer."""
        try:
            self._redis.ping()
        except redis.RedisError as error:
            raise ConnectionError(f"The queue cannot be reached: {type(error).__name__}") from None


def _whole_second_after(at: datetime) -> datetime:
    # RQ cuts the fraction off: a revocation woken before its time would find nothing due.
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)


def connect(url: SecretStr, *, timeout: float | None = 2.0) -> "redis.Redis[bytes]":
    """A client that fails soon, instead of holding up who waits for an answer; raises `BadAddress`."""
    try:
        return redis.Redis.from_url(
            url.get_secret_value(),
            socket_connect_timeout=2.0,
            socket_timeout=timeout,
            retry=RedisRetry(NoBackoff(), 0),
        )
    except ValueError:
        raise BadAddress("The address of the queue, REDIS_URL, cannot be read.") from None


def build_worker(name: str, url: SecretStr) -> AllowedWorker:
    """A worker for one queue, not started; raises `redis.RedisError` where Redis does not answer."""
    connection = connect(url, timeout=30.0)
    return AllowedWorker(
        [AllowedQueue(name, connection=connection, job_class=AllowedJob, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=20,
        maintenance_interval=5,
        log_job_description=False,
    )


def run_worker(name: str, url: SecretStr) -> None:
    """Works off one queue until SIGTERM; waits where Redis is gone."""
    _wait_for_redis(url)
    build_worker(name, url).work(logging_level="WARNING")


def run_scheduler(url: SecretStr) -> None:
    """Moves delayed jobs to their queues when they are due, until SIGTERM; any number of these may run.

    RQ's own scheduler loads each job first, so that one bad hash stops it, and after a kill another waits for
    its lock up to ten minutes. Moving ids in one step on the server needs neither jobs nor locks.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    connection = connect(url, timeout=10.0)
    reached = True
    while not stop.wait(0.5):
        try:
            move_due(connection)
        except redis.RedisError as error:
            if reached:
                log.error("the queue cannot be reached", error=type(error).__name__)  # noqa: TRY400 no address
            reached = False
        else:
            reached = True


_MOVE = """
local due = redis.call('zrangebyscore', KEYS[1], '-inf', ARGV[1], 'limit', 0, 1000)
for _, id in ipairs(due) do
    redis.call('zrem', KEYS[1], id)
    redis.call('rpush', KEYS[2], id)
end
return #due
"""


def move_due(connection: "redis.Redis[bytes]", *, now: float | None = None) -> int:
    """Every delayed job that is due is in its queue; returns how many were moved, at most 1,000 a queue."""
    moment = int(time.time() if now is None else now)
    move = connection.register_script(_MOVE)
    moved = 0
    for name in QUEUE_NAMES:
        queue = Queue(name, connection=connection, serializer=JSONSerializer)
        due = ScheduledJobRegistry(queue=queue)  # type: ignore[no-untyped-call]
        moved += move(keys=[due.key, queue.key], args=[moment])
    return moved


def _wait_for_redis(url: SecretStr) -> None:
    connection = connect(url)
    for attempt in itertools.count():
        try:
            connection.ping()
        except redis.RedisError as error:
            if attempt == 0:
                log.error("the queue cannot be reached", error=type(error).__name__)  # noqa: TRY400 no address
            time.sleep(1)
        else:
            return
