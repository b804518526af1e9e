"""The processes that the supervisor starts, one a part."""

import threading
from collections.abc import Callable, Mapping

from dbaccess import queue
from dbaccess.settings import WorkerSettings
from workers import messages, metrics, reconciler
from workers.ends import Ends
from workers.wiring import of_this_process

Part = Callable[[WorkerSettings], None]


def _reconcile(settings: WorkerSettings) -> None:
    wiring = of_this_process()
    threading.Thread(target=reconciler.run, args=(wiring, settings), name="lead", daemon=True).start()
    Ends(wiring, settings.database_url, settings.directory_every).run()


def _speak(settings: WorkerSettings) -> None:
    messages.run(of_this_process(), settings)


def _schedule(settings: WorkerSettings) -> None:
    queue.run_scheduler(settings.redis_url)


def _serve_metrics(settings: WorkerSettings) -> None:
    if settings.metrics_port is not None:
        metrics.serve(settings.database_url, settings.metrics_host, settings.metrics_port)


def _work(name: str) -> Part:
    def work(settings: WorkerSettings) -> None:
        queue.run_worker(name, settings.redis_url)

    return work


PARTS: Mapping[str, Part] = {
    "reconciler": _reconcile,
    "interactive": _work("interactive"),
    "targets": _work("targets"),
    "notify": _work("notify"),
    "messages": _speak,
    "scheduler": _schedule,
    "metrics": _serve_metrics,
}
"""A stuck target keeps only `targets` and its cluster's thread in the reconciler waiting.

Slack keeps only `messages` waiting: no message delays an end. A look at a stuck target for a reminder costs
one of its threads a few seconds, once a minute at most.
"""

WITH_POLICY = ("reconciler", "interactive", "targets", "notify", "messages")
"""Those that decide or say something by the policy, and so read it again at SIGHUP."""
