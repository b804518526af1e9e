"""Listeners at work on threads: the ack is handed on at once, the rest of a listener follows it."""

import asyncio
import contextlib
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import structlog
from slack_bolt import BoltRequest, BoltResponse

from bot.prompt_ack import PromptAck
from bot.reloadable_app import ReloadableApp
from dbaccess.log import describe

log = structlog.get_logger()

THREADS = 64
"""Most of them wait for Slack after their ack; the pool of connections bounds what meets the database."""

MOST_WAITING = 256
"""More than these could not be acknowledged within Slack's three seconds anyway."""


class Overloaded(Exception):
    """As many requests wait as could be answered in time."""


class ListenerPool:
    """Runs the listeners; counts what has not ended."""

    def __init__(self, face: ReloadableApp) -> None:
        self._face = face
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="listener")
        self._running: set[Future[None]] = set()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._running)

    def start(self, payload: dict[str, Any]) -> "asyncio.Future[BoltResponse]":
        """The listener's first answer, once there is one; raises `Overloaded`."""
        if len(self._running) >= THREADS + MOST_WAITING:
            raise Overloaded
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[BoltResponse] = loop.create_future()

        def settle(response: BoltResponse) -> None:
            if not answer.done():  # the server was told to end at once
                answer.set_result(response)

        def hand_on(response: BoltResponse) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(settle, response)

        ack = PromptAck(hand_on)
        with self._lock:
            running = self._threads.submit(self._run, payload, ack)
            self._running.add(running)
        running.add_done_callback(self._ended)
        return answer

    def finish(self, seconds: float) -> bool:
        """Whether every listener ended in time."""
        self._threads.shutdown(wait=False)
        with self._lock:
            running = set(self._running)
        return not wait(running, timeout=seconds).not_done

    def _run(self, payload: dict[str, Any], ack: PromptAck) -> None:
        # As Socket Mode hands it over: the door has seen the signature and has read the body.
        response = BoltResponse(status=500, body="")
        try:
            request = BoltRequest(body=payload, mode="socket_mode", context={"ack": ack})
            response = self._face.dispatch(request)
        except Exception as error:  # noqa: BLE001 a process loop: one request must not end it
            log.error("request failed", **describe(error))  # noqa: TRY400 its text could quote the request
        finally:
            ack.settle(response)

    def _ended(self, running: Future[None]) -> None:
        with self._lock:
            self._running.discard(running)
