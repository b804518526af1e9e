"""A queue on a real Valkey, a worker, and jobs that only write down that they ran."""

from collections.abc import Iterator

import pytest
import redis
from pydantic import SecretStr

from dbaccess.queue import RqQueue
from dbaccess.queue.allowed import QUEUE_NAMES
from dbaccess.queue.rq_worker import build_worker
from tests.integration.queue.recorded import Recorded


@pytest.fixture
def url(redis_url: str) -> SecretStr:
    return SecretStr(redis_url)


@pytest.fixture
def server(redis_url: str) -> Iterator["redis.Redis[bytes]"]:
    with redis.Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def queue(url: SecretStr) -> Iterator[RqQueue]:
    queue = RqQueue(url)
    yield queue
    queue._redis.close()


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded()
    recorded.replace_jobs(monkeypatch)
    return recorded


class Workers:
    """One worker a queue; `drain` works off what is there now."""

    def __init__(self, url: SecretStr) -> None:
        self._workers = [build_worker(name, url) for name in QUEUE_NAMES]

    def drain(self) -> None:
        for worker in self._workers:
            worker.work(burst=True, logging_level="WARNING")

    def close(self) -> None:
        for worker in self._workers:
            worker.connection.close()


@pytest.fixture
def workers(url: SecretStr, recorded: Recorded) -> Iterator[Workers]:
    workers = Workers(url)
    yield workers
    workers.close()
