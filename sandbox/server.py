"""uvicorn, with what it does not offer: closing a connection without an answer, and ending open streams."""

import asyncio
import socket
from typing import Any

import uvicorn
from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol


class DroppableProtocol(H11Protocol):
    """HTTP/1.1 that lends each request a way to close its own connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "close_connection": transport.close}


def drop_connection(request: Request) -> None:
    """Close the request's connection now, so that no later answer arrives."""
    request.state.close_connection()


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """The windows' streams end by themselves; otherwise they would be cut with a traceback each."""
        self.config.app.state.pulse.stop()  # type: ignore[union-attr]  # build_app's
        await super().shutdown(sockets)


def listen(host: str, port: int, *, or_another: bool = False) -> socket.socket:
    """A listening socket, on another port where that one is taken and `or_another` will do.

    No answer on it waits for the acknowledgement of its own headers.
    """
    try:
        listener = socket.create_server((host, port))
    except OSError:
        if not or_another:
            raise
        listener = socket.create_server((host, 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def server(app: Any) -> uvicorn.Server:
    """A server that never sends WebSocket compression and stops without waiting for open sockets."""
    config = uvicorn.Config(
        app,
        http=DroppableProtocol,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=65,
    )
    return _Server(config)
