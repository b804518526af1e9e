"""A path to a server that takes every byte: it can change what it carries, or pass nothing on."""

import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self
from urllib.parse import urlsplit


class Relay:
    """Passes on what it gets. TCP on both sides stays well, whatever it does."""

    def __init__(self, host: str, port: int, change: Callable[[bytes], bytes] = bytes) -> None:
        self._server = (host, port)
        self._change = change
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._flows: list[_Flow] = []
        self._silent = False
        threading.Thread(target=self._accept, daemon=True).start()

    @classmethod
    def to(cls, url: str, change: Callable[[bytes], bytes] = bytes) -> Self:
        parts = urlsplit(url)
        return cls(parts.hostname or "127.0.0.1", parts.port or 5432, change)

    def url(self, url: str) -> str:
        """The same database by this path."""
        parts = urlsplit(url)
        login, port = parts.netloc.rpartition("@")[0], self._listener.getsockname()[1]
        return parts._replace(netloc=f"{login}@127.0.0.1:{port}").geturl()

    def silence_flows(self) -> None:
        """The present connections carry nothing from now on; new ones do."""
        for flow in self._flows:
            flow.silent.set()

    def silence(self) -> None:
        """No connection carries anything, new ones neither."""
        self._silent = True
        self.silence_flows()

    def close(self) -> None:
        self._listener.close()
        for flow in self._flows:
            flow.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            flow = _Flow(client, socket.create_connection(self._server), self._change)
            if self._silent:
                flow.silent.set()
            self._flows.append(flow)
            threading.Thread(target=flow.carry, daemon=True).start()


class _Flow:
    def __init__(
        self, client: socket.socket, server: socket.socket, change: Callable[[bytes], bytes]
    ) -> None:
        self._change = change
        self._ends = {client: server, server: client}
        self.silent = threading.Event()

    def carry(self) -> None:
        try:
            while True:
                for end in select.select(list(self._ends), [], [])[0]:
                    sent = end.recv(65536)
                    if not sent:
                        return
                    if not self.silent.is_set():
                        self._ends[end].sendall(self._change(sent))
        except (OSError, ValueError):
            return  # an end was closed
        finally:
            self.close()

    def close(self) -> None:
        for end in self._ends:
            end.close()


@contextmanager
def relay(url: str, change: Callable[[bytes], bytes] = bytes) -> Iterator[Relay]:
    """A path to this server, gone at the end; `change` gets all that it carries, both ways."""
    path = Relay.to(url, change)
    try:
        yield path
    finally:
        path.close()
