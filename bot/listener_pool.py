"""The threads that run Bolt's listeners, in both modes."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, ParamSpec, TypeVar

THREADS = 64
"""Most threads wait for Slack after their ack; the pool of connections bounds the load on the database."""

MOST_WAITING = 256
"""More could not be acknowledged within Slack's three seconds anyway."""

P = ParamSpec("P")
T = TypeVar("T")


class ListenerPool(ThreadPoolExecutor):
    """An executor that counts its unfinished calls.

    Bolt's own has five threads for each app. Neither it nor the standard one counts waiting calls, or waits
    for them.
    """

    def __init__(self) -> None:
        super().__init__(THREADS, thread_name_prefix="listener")
        self._unfinished: set[Future[Any]] = set()
        self._counting = threading.Lock()

    def __len__(self) -> int:
        return len(self._unfinished)

    @property
    def is_full(self) -> bool:
        return len(self) >= THREADS + MOST_WAITING

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with self._counting:
            future = super().submit(fn, *args, **kwargs)
            self._unfinished.add(future)
        future.add_done_callback(self._ended)
        return future

    def finish(self, seconds: float) -> bool:
        """Accept nothing new; return whether every listener ended in time."""
        self.shutdown(wait=False)
        with self._counting:
            unfinished = set(self._unfinished)
        return not wait(unfinished, timeout=seconds).not_done

    def _ended(self, future: Future[Any]) -> None:
        with self._counting:
            self._unfinished.discard(future)
