"""uvicorn, stopped the way we mean it: what was taken in is finished and answered, then the process ends."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from types import FrameType

import structlog
import uvicorn
from starlette.applications import Starlette

from bot.http_connection import PromptProtocol

log = structlog.get_logger()

STOP_WITHIN = 10
"""Seconds for answers that are on their way; Slack waits for three."""

_BACKLOG = 512


class _Server(uvicorn.Server):
    """Leaves signals to us: uvicorn ends by raising them anew, which is no exit code 0."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        if self.should_exit:
            os._exit(128 + number)  # told twice: at once, whatever is under way
        self.should_exit = True


def listen(host: str, port: int) -> socket.socket:
    """The port is ours from here on; raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    # Handed on to each connection. Without it a body waits for the acknowledgement of its headers: 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve(app: Starlette, listener: socket.socket) -> None:
    """Serves until SIGTERM or SIGINT, then takes nothing new and answers what it took."""
    config = uvicorn.Config(
        app,
        http=PromptProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # what is no HTTP at all is anybody's to send, any number of times
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=STOP_WITHIN,
    )
    asyncio.run(_Server(config).serve(sockets=[listener]))
