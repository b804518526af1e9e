"""The processes that the supervisor starts, one a part."""

from collections.abc import Callable, Mapping

from dbaccess import queue
from dbaccess.settings import WorkerSettings
from workers import metrics, reconciler
from workers.wiring import Wiring

Part = Callable[[Wiring, WorkerSettings], None]


def _reconcile(wiring: Wiring, settings: WorkerSettings) -> None:
    reconciler.run(wiring, settings)


def _schedule(wiring: Wiring, settings: WorkerSettings) -> None:
    del wiring
    queue.run_scheduler(settings.redis_url)


def _serve_metrics(wiring: Wiring, settings: WorkerSettings) -> None:
    if settings.metrics_port is not None:
        metrics.serve(wiring.begin, settings.metrics_host, settings.metrics_port)


def _work(name: str) -> Part:
    def work(wiring: Wiring, settings: WorkerSettings) -> None:
        del wiring
        queue.run_worker(name, settings.redis_url)

    return work


PARTS: Mapping[str, Part] = {
    "reconciler": _reconcile,
    "interactive": _work("interactive"),
    "targets": _work("targets"),
    "notify": _work("notify"),
    "scheduler": _schedule,
    "metrics": _serve_metrics,
}
"""A stuck target keeps only `targets` and its cluster's thread in the reconciler waiting.

A look at it for a reminder costs `notify` a few seconds, once a minute at most.
"""

WITH_POLICY = ("reconciler", "interactive", "targets", "notify")
"""Those that decide or say something by the policy, and so read it again at SIGHUP."""
