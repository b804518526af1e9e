"""Adding of jobs to the queue."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import redis
from pydantic import SecretStr
from rq import Queue
from rq.serializers import JSONSerializer

from dbaccess.ports import Job
from dbaccess.queue.allowed import QUEUE_NAMES, QUEUES, function_of
from dbaccess.queue.connection import connect
from dbaccess.queue.refusal import refusal_of

_KEPT_AFTER_DUE = timedelta(days=1)


class RqQueue:
    """`JobQueue` over RQ."""

    def __init__(self, url: SecretStr) -> None:
        self._url = url
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
                # Only a killed worker leaves a job behind.
                pipeline.expireat(put.key, (at or datetime.now(UTC)) + _KEPT_AFTER_DUE)
                pipeline.execute()
        except redis.RedisError as error:
            raise ConnectionError(f"The queue cannot be reached: {type(error).__name__}") from None

    def ping(self) -> None:
        """Raise `ConnectionError`, which says why without a secret, if Redis does not answer."""
        try:
            self._redis.ping()
        except (redis.RedisError, OSError) as error:
            refused = refusal_of(self._url, error)
        else:
            return
        raise ConnectionError(str(refused))


def _whole_second_after(at: datetime) -> datetime:
    # RQ cuts off the fraction: a revocation woken before its time would find nothing due.
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)
