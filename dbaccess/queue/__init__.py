"""The queue: RQ over Redis or Valkey, which is never trusted.

Anyone who can write to Redis can put any bytes there. So where a job runs, only its name and its one whole
number are read, and the parts of RQ that follow other data are left out: callbacks, webhooks, dependents,
repeats, results, registries, commands to workers, suspension. The control database knows what a lost job was
to do.
"""

from dbaccess.queue.move_due_jobs import run_scheduler
from dbaccess.queue.refusal import ask_redis
from dbaccess.queue.rq_queue import RqQueue
from dbaccess.queue.rq_worker import run_worker

__all__ = ["RqQueue", "ask_redis", "run_scheduler", "run_worker"]
