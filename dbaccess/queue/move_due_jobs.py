"""Moving of delayed jobs to their queues."""

import signal
import time
from collections.abc import Iterator
from typing import Protocol

import redis
import structlog
from pydantic import SecretStr
from rq import Queue
from rq.registry import ScheduledJobRegistry
from rq.serializers import JSONSerializer

from dbaccess.queue.allowed import QUEUE_NAMES
from dbaccess.queue.connection import connect
from dbaccess.signals import Signal

log = structlog.get_logger()


def run_scheduler(url: SecretStr) -> None:
    """Move delayed jobs to their queues when they are due, until SIGTERM; any number may run.

    RQ's own scheduler loads each job first, so that one bad hash stops it. After a kill another one waits for
    its lock up to ten minutes. Moving ids in one step on the server needs neither jobs nor locks.
    """
    stop = Signal(signal.SIGTERM, signal.SIGINT)
    move_due = mover(connect(url, timeout=10.0))
    reached = True
    while not stop.wait(0.5):
        try:
            move_due()
        except redis.RedisError as error:
            if reached:
                log.error("queue unreachable", error=type(error).__name__)  # noqa: TRY400 no address
            reached = False
        else:
            reached = True


_MOVE = """
local moved = 0
for place = 1, #KEYS, 2 do
    local due = redis.call('zrangebyscore', KEYS[place], '-inf', ARGV[1], 'limit', 0, 1000)
    for _, id in ipairs(due) do
        redis.call('zrem', KEYS[place], id)
        redis.call('rpush', KEYS[place + 1], id)
    end
    moved = moved + #due
end
return moved
"""


class MoveDue(Protocol):
    """Moves every due delayed job to its queue, and returns how many, at most 1,000 a queue."""

    def __call__(self, now: float | None = None) -> int: ...


def mover(connection: "redis.Redis[bytes]") -> MoveDue:
    """Return the call; it takes one round trip for all queues, because nearly always nothing is due."""
    script, keys = connection.register_script(_MOVE), list(_keys(connection))

    def move_due(now: float | None = None) -> int:
        return int(script(keys=keys, args=[int(time.time() if now is None else now)]))

    return move_due


def _keys(connection: "redis.Redis[bytes]") -> Iterator[str]:
    """Yield for each queue the key of its delayed jobs, and its own."""
    for name in QUEUE_NAMES:
        queue = Queue(name, connection=connection, serializer=JSONSerializer)
        yield ScheduledJobRegistry(queue=queue).key  # type: ignore[no-untyped-call]
        yield queue.key
