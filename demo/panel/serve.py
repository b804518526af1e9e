"""The panel's server, beside whatever else this process does."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from demo.panel.open_requests import OpenRequests


class _Server(uvicorn.Server):
    """Ends what pages hold open before it waits for it."""

    def __init__(self, config: uvicorn.Config, open_requests: OpenRequests) -> None:
        super().__init__(config)
        self._open_requests = open_requests

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._open_requests.stop()
        await super().shutdown(sockets)


@contextmanager
def serving(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Answers on the listener meanwhile; open streams and statements end with it, without a word."""
    open_requests = OpenRequests(app)
    config = uvicorn.Config(
        open_requests,
        log_level="warning",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=1,
        ws="none",
    )
    server = _Server(config, open_requests)
    # Signals are the main thread's: uvicorn leaves them alone in another.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="panel", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(5)
