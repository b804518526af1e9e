"""The threads that run Bolt's listeners, in both modes, and those that wait for an ack in HTTP mode."""

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


class CountedPool(ThreadPoolExecutor):
    """An executor that counts its unfinished calls, which the standard one does not.

    It is full with a call on each of `threads`, and `waiting` more calls.
    """

    def __init__(self, threads: int, *, waiting: int, name: str) -> None:
        super().__init__(threads, thread_name_prefix=name)
        self._most = threads + waiting
        self._unfinished: set[Future[Any]] = set()
        self._counting = threading.Lock()

    def __len__(self) -> int:
        return len(self._unfinished)

    @property
    def is_full(self) -> bool:
        return len(self) >= self._most

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with self._counting:
            future = super().submit(fn, *args, **kwargs)
            self._unfinished.add(future)
        future.add_done_callback(self._ended)
        return future

    def finish(self, seconds: float) -> bool:
        """Accept nothing new; return whether every call ended in time."""
        self.shutdown(wait=False)
        with self._counting:
            unfinished = set(self._unfinished)
        return not wait(unfinished, timeout=seconds).not_done

    def _ended(self, future: Future[Any]) -> None:
        with self._counting:
            self._unfinished.discard(future)


class ListenerPool(CountedPool):
    """The executor of Bolt's listeners; Bolt's own has five threads for each app, and an unbounded queue."""

    def __init__(self) -> None:
        super().__init__(THREADS, waiting=MOST_WAITING, name="listener")


class DispatchPool(CountedPool):
    """The threads that wait for an ack, one for each listener, so that no request waits for a thread."""

    def __init__(self) -> None:
        super().__init__(THREADS + MOST_WAITING, waiting=0, name="dispatch")
