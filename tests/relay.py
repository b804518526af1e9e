"""A path to a server that can fall silent: it takes every byte and passes none on."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self
from urllib.parse import urlsplit


class Relay:
    """Passes on what it gets. TCP on both sides stays well, whatever it does."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._flows: list[_Flow] = []
        self._silent = False
        threading.Thread(target=self._accept, daemon=True).start()

    @classmethod
    def to(cls, url: str) -> Self:
        parts = urlsplit(url)
        return cls(parts.hostname or "127.0.0.1", parts.port or 5432)

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
            flow = _Flow(client, socket.create_connection(self._server))
            if self._silent:
                flow.silent.set()
            self._flows.append(flow)
            threading.Thread(target=flow.carry, daemon=True).start()


class _Flow:
    def __init__(self, client: socket.socket, server: socket.socket) -> None:
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
                        self._ends[end].sendall(sent)
        except (OSError, ValueError):
            return  # an end was closed
        finally:
            self.close()

    def close(self) -> None:
        for end in self._ends:
            end.close()


@contextmanager
def relay(url: str) -> Iterator[Relay]:
    """A path to this server, gone at the end."""
    path = Relay.to(url)
    try:
        yield path
    finally:
        path.close()
