"""The panel's server, beside whatever else this process does."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def serving(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Answers on the listener meanwhile; open streams do not hold up the end."""
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=1, ws="none"
    )
    server = uvicorn.Server(config)
    # Signals are the main thread's: uvicorn leaves them alone in another.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="panel", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(5)
