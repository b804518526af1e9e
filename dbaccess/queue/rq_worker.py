"""The worker of one queue."""

import importlib
import itertools
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import redis
import structlog
from pydantic import SecretStr
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer

from dbaccess.ports import Job
from dbaccess.queue.allowed import RefusedJob, allowed
from dbaccess.queue.connection import connect

log = structlog.get_logger()

TIMEOUT = {"interactive": 60, "targets": 180, "notify": 120}
"""Time limits for a job, by queue, in seconds."""

_UNWINDS = 10.0
"""Seconds that a job has to unwind after its time limit."""

_JOB_ID = re.compile(rb"[a-z]{1,20}-[0-9]{1,19}-[0-9a-f]{8}")


class OutOfTime(BaseException):
    """The time limit of a job was reached.

    No `Exception`, as RQ's own is. Each boundary that isolates the failure of one item would attribute it to
    that item, and the job would go on without a limit.
    """


class AllowedJob(RqJob):
    """A job of which only `data` is read, and only by `allowed`."""

    def __init__(self, id: str | None = None, connection: Any = None, serializer: Any = None) -> None:  # noqa: A002 RQ's word
        del serializer
        super().__init__(id=id, connection=connection, serializer=JSONSerializer)
        self.packed = b""

    def restore(self, raw_data: Any) -> None:
        """Read `data`; without it the hash is no job. Every other field stays unread."""
        packed = raw_data.get(b"data")
        self.packed = packed if isinstance(packed, bytes) else b""

    def perform(self) -> None:
        """Raise: `AllowedWorker` runs jobs, without the parts of RQ around them."""
        raise RefusedJob("run by AllowedWorker only")


class AllowedQueue(Queue):
    """A queue; its list may hold anything."""

    @classmethod
    def dequeue_any(  # type: ignore[override]  # RQ's types name its own Job
        cls, queues: Any, timeout: int | None, connection: Any, **_: Any
    ) -> tuple[AllowedJob, "AllowedQueue"] | None:
        """Return the next entry that could be a job; remove those that could not."""
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
    """Runs jobs in its own process, one after the other, each within its queue's time limit.

    It takes no commands over Redis, cannot be suspended from there, and keeps no results, failures or
    registries.
    """

    job_class, queue_class = AllowedJob, AllowedQueue
    until: float | None = None
    """The monotonic time at which the running job must be over; None between two jobs."""

    def progresses(self) -> bool:
        """Return whether it is idle, or its job is within its time."""
        return self.until is None or time.monotonic() < self.until

    def request_stop(self, signum: int | None, frame: FrameType | None) -> None:  # noqa: ARG002 RQ's signature
        """Stop after the running job, or at once.

        RQ raises `StopRequested` inside the job, where any boundary may take it for one item's failure.
        """
        self._stop_requested = True
        if self.until is None:
            raise StopRequested

    def execute_job(self, job: RqJob, queue: Queue) -> None:
        self.until = time.monotonic() + TIMEOUT[queue.name] + _UNWINDS
        try:
            self._execute(job, queue)
        finally:
            self.until = None

    def _execute(self, job: RqJob, queue: Queue) -> None:
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
                with self.death_penalty_class(seconds, OutOfTime):
                    run(subject)
            except (Exception, OutOfTime) as error:  # noqa: BLE001 a process loop: the control database knows what is undone
                log.error("job failed", error=type(error).__name__)  # noqa: TRY400 its text could quote SQL

    def subscribe(self) -> None:
        """Subscribe to no channel: anyone who can write to Redis could stop workers through it."""

    def check_for_suspension(self, burst: bool) -> None:  # noqa: FBT001 RQ's signature
        """Never suspend, for the same reason."""

    def run_maintenance_tasks(self) -> None:
        """Do nothing: no stored data needs it, and RQ would load foreign jobs here."""
        self.last_cleaned_at = datetime.now(UTC)  # type: ignore[assignment]  # RQ declares it by its first value


def build_worker(name: str, url: SecretStr) -> AllowedWorker:
    """Return a worker for one queue, not started; raises `redis.RedisError` if Redis does not answer."""
    connection = connect(url, timeout=30.0)
    return AllowedWorker(
        [AllowedQueue(name, connection=connection, job_class=AllowedJob, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=20,
        maintenance_interval=5,
        log_job_description=False,
    )


def run_worker(
    name: str, url: SecretStr, *, beat_while: Callable[[Callable[[], bool]], object] = lambda _: None
) -> None:
    """Run jobs of one queue until SIGTERM; wait while Redis is away.

    `beat_while` gets a function that says whether the worker makes progress.
    """
    _wait_for_redis(url)
    worker = build_worker(name, url)
    beat_while(worker.progresses)
    worker.work(logging_level="WARNING")


def _wait_for_redis(url: SecretStr) -> None:
    connection = connect(url)
    for attempt in itertools.count():
        try:
            connection.ping()
        except redis.RedisError as error:
            if attempt == 0:
                log.error("queue unreachable", error=type(error).__name__)  # noqa: TRY400 no address
            time.sleep(1)
        else:
            return
