"""The queue: RQ over Redis or Valkey, which is trusted with nothing.

Whoever can write to Redis can put any bytes there. So of a job only its name and its one whole number are
read, where it is executed, and all by which RQ would go on from there is left out: callbacks, webhooks,
dependents, repeats, results, registries, commands to workers, suspension. What a lost job was to do is known
to the control database.
"""

from dbaccess.queue.rq_queue import RqQueue
from dbaccess.queue.scheduler import run_scheduler
from dbaccess.queue.worker import run_worker

__all__ = ["RqQueue", "run_scheduler", "run_worker"]
