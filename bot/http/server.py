"""The HTTP server: uvicorn, which exits with code 0 after answering accepted requests."""

import socket
import threading

import uvicorn
from starlette.applications import Starlette

from dbaccess.signals import Signal

MOST_CONNECTIONS = 400
"""More than the listeners that run or wait, and well below the limit of open files."""

KEEP_ALIVE = 75
"""Seconds that a connection without a request is kept; longer than load balancers keep theirs."""

ANSWER_WITHIN = 10
"""Seconds for pending answers when the bot stops. Slack waits for three."""

_BACKLOG = 512
_LOOK_EVERY = 1.0
"""Seconds between two checks that the server still runs."""


def listen(host: str, port: int) -> socket.socket:
    """Return the socket, bound to the port; raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    # Inherited by each connection. Without it a body waits 40 ms for the acknowledgement of its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve(app: Starlette, listener: socket.socket, stop: Signal) -> None:
    """Serve until `stop`, then accept nothing new and answer what was accepted.

    uvicorn runs in a thread, where it leaves signals alone. In the main thread it raises them again at its
    end, and the process would die of SIGTERM instead of exiting with 0.
    """
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",  # anyone can send bytes that are no HTTP, any number of times
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=ANSWER_WITHIN,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="http")
    thread.start()
    while not stop.wait(_LOOK_EVERY):
        if not thread.is_alive():
            raise RuntimeError("the HTTP server ended by itself")
    server.should_exit = True
    thread.join()
