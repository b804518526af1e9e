"""Second sinks for announcements: a syslog daemon over TCP, and a web hook."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer


@dataclass(slots=True, kw_only=True)
class Sink:
    """The texts that it was sent, each with what `look` saw before; while not `takes`, it refuses."""

    look: Callable[[], object]
    takes: bool = True
    address: str = ""
    heard: list[tuple[str, object]] = field(default_factory=list)

    def hear(self, text: str) -> None:
        self.heard.append((text, self.look()))


@contextmanager
def syslog(sink: Sink) -> Iterator[None]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            sink.hear(self.rfile.read().decode().strip())

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server, _serving(server):
        sink.address = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield


@contextmanager
def web_hook(sink: Sink) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sink.hear(json.loads(body)["text"])
            self.send_response(204 if sink.takes else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server, _serving(server):
        sink.address = f"http://127.0.0.1:{server.server_port}/T0/secret-path"
        yield


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
