"""The parts: the processes that the supervisor starts."""

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial

from dbaccess import queue
from dbaccess.activity.garbage import collect_rarely
from dbaccess.settings import WorkerSettings
from dbaccess.signals import Signal
from workers import metrics
from workers.activity import ActivityLoop
from workers.ends import Ends
from workers.heartbeat import STUCK_AFTER, beat_while
from workers.messages import Messages
from workers.reconciler import Reconciler
from workers.wiring import of_this_process

Part = Callable[[WorkerSettings], None]


FINISH_WITHIN = 2.0
"""Seconds that the reconciler waits for its running work, once it is told to stop."""

FINISH_CALLS_WITHIN = 1.5
"""Seconds that `messages` waits for Slack's answers, less than the supervisor waits for it."""


def _reconcile(settings: WorkerSettings) -> None:
    """End grants and try to lead until SIGTERM; then finish running work, and leave the rest to others."""
    wiring = of_this_process()
    stop = Signal(*_stop_signals())
    ends = Ends(wiring, settings.database_url, settings.directory_every)
    house = Reconciler(wiring, directory_every=settings.directory_every.total_seconds())
    beat_while(lambda: time.monotonic() - ends.looked_at < STUCK_AFTER)
    for loop in (ends.run, partial(house.run, settings.database_url)):
        threading.Thread(target=loop, daemon=True).start()
    stop.wait()
    until = time.monotonic() + FINISH_WITHIN
    for tasks in (ends.tasks, house.tasks):
        tasks.finish(max(0.0, until - time.monotonic()))
    # The server frees leases and lead with the connections. Waiting threads would keep the process alive.
    os._exit(0)


def _stop_signals() -> list[signal.Signals]:
    """Return the signals.

    Under a supervisor Ctrl-C is left to it, which stops its parts in the right order.
    """
    alone = signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    return [signal.SIGTERM, signal.SIGINT] if alone else [signal.SIGTERM]


def _speak(settings: WorkerSettings) -> None:
    """Post and edit until SIGTERM; then finish running calls to Slack, so that nothing is posted twice."""
    stop = Signal(*_stop_signals())
    speaker = Messages(of_this_process())
    beat_while(speaker.makes_progress)
    threading.Thread(target=speaker.run, args=(settings.database_url,), daemon=True).start()
    stop.wait()
    speaker.tasks.finish(FINISH_CALLS_WITHIN)
    # Threads that still wait for Slack would keep the process alive.
    os._exit(0)


def _capture(_: WorkerSettings) -> None:
    """Read logs and send canaries until SIGTERM; a canary that runs then is ended first."""
    stop = Signal(*_stop_signals())
    capture = ActivityLoop(of_this_process())
    collect_rarely()
    beat_while(lambda: time.monotonic() - capture.looked_at < STUCK_AFTER)
    threading.Thread(target=capture.run, daemon=True).start()
    stop.wait()
    capture.tasks.finish(FINISH_CALLS_WITHIN)
    # A thread that waits for a target would keep the process alive; what it read is committed or not at all.
    os._exit(0)


def _schedule(settings: WorkerSettings) -> None:
    queue.run_scheduler(settings.redis_url)


def _serve_metrics(settings: WorkerSettings) -> None:
    if settings.metrics_port is not None:
        metrics.serve(settings.database_url, settings.metrics_host, settings.metrics_port)


def _work(name: str) -> Part:
    def work(settings: WorkerSettings) -> None:
        queue.run_worker(name, settings.redis_url, beat_while=beat_while)

    return work


PARTS: Mapping[str, Part] = {
    "reconciler": _reconcile,
    "interactive": _work("interactive"),
    "targets": _work("targets"),
    "notify": _work("notify"),
    "messages": _speak,
    "activity": _capture,
    "scheduler": _schedule,
    "metrics": _serve_metrics,
}
"""They have one priority: `messages`, made to give way, told people too late on a busy host.

A stuck target delays only `targets`, and its cluster's thread in the reconciler.

Slack delays only `messages`, so that no message delays an end. A query of a stuck target for a reminder costs
one of its threads a few seconds, once a minute at most.
"""

WITH_POLICY = ("reconciler", "interactive", "targets", "notify", "messages", "activity")
"""The parts that use the policy, and so reload it at SIGHUP."""
