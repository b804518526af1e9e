"""A connection of HTTP mode comes to its end, whatever the other side leaves undone."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from bot import http_connection
from bot.http_connection import PromptProtocol
from tests.acceptance.stack import wait

TOO_MUCH = b"x" * 32 * 1024 * 1024
"""More than the kernel keeps for who does not read."""


async def _answer(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": TOO_MUCH})


@contextlib.contextmanager
def _serving(listener: socket.socket) -> Iterator[uvicorn.Server]:
    server = uvicorn.Server(
        uvicorn.Config(
            _answer, http=PromptProtocol, ws="none", lifespan="off", log_config=None, timeout_keep_alive=1
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield server
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


@pytest.mark.parametrize("more", ["", "Connection: close\r\n"])
def test_whoever_never_takes_the_answer_is_let_go(monkeypatch: pytest.MonkeyPatch, more: str) -> None:
    monkeypatch.setattr(http_connection, "ASK_WITHIN", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener, _serving(listener) as server:
        open_ = server.server_state.connections
        with socket.create_connection(listener.getsockname()) as connection:
            connection.sendall(f"GET / HTTP/1.1\r\nHost: x\r\n{more}\r\n".encode())
            wait(lambda: bool(open_), 10)
            wait(lambda: not open_, 10)
