"""Moving of delayed jobs to their queues."""

import signal
import time

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

    RQ's own scheduler loads each job first, so that one bad hash stops it, and after a kill another one waits
    for its lock up to ten minutes. Moving ids in one step on the server needs neither jobs nor locks.
    """
    stop = Signal(signal.SIGTERM, signal.SIGINT)
    connection = connect(url, timeout=10.0)
    reached = True
    while not stop.wait(0.5):
        try:
            move_due(connection)
        except redis.RedisError as error:
            if reached:
                log.error("queue unreachable", error=type(error).__name__)  # noqa: TRY400 no address
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
    """Move every due delayed job to its queue; return how many, at most 1,000 a queue."""
    moment = int(time.time() if now is None else now)
    move = connection.register_script(_MOVE)
    moved = 0
    for name in QUEUE_NAMES:
        queue = Queue(name, connection=connection, serializer=JSONSerializer)
        due = ScheduledJobRegistry(queue=queue)  # type: ignore[no-untyped-call]
        moved += move(keys=[due.key, queue.key], args=[moment])
    return moved
