"""A small web server that takes what the sandbox sends over HTTP, and answers as a test wants it."""

import contextlib
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from sandbox.waiting import PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One request as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        assert self.headers["content-type"] == "application/x-www-form-urlencoded"
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    def json(self) -> Any:
        assert self.headers["content-type"] == "application/json"
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        basis = f"v0:{self.headers['x-slack-request-timestamp']}:".encode() + self.body
        digest = hmac.new(secret.encode(), basis, hashlib.sha256).hexdigest()
        return self.headers["x-slack-signature"] == f"v0={digest}"


@dataclass(slots=True)
class Listening:
    """`answers`: what the next requests get, first come first served; then an empty 200."""

    url: str = ""
    taken: list[Taken] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    answering: threading.Event = field(default_factory=threading.Event)
    challenge: bool = True
    stop: Callable[[], None] = field(default=lambda: None)

    def answer(self, status: int, text: str = "", content_type: str = "text/plain", **headers: str) -> None:
        self.answers.append((status, {"Content-Type": content_type, **headers}, text))


@contextlib.contextmanager
def listening() -> Iterator[Listening]:
    """It answers challenges by itself, unless told not to."""
    found = Listening()
    found.answering.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, extra, text = self._answer(Taken(path=self.path, headers=headers, body=body))
            with contextlib.suppress(OSError):  # the sandbox gave up
                self.send_response(status)
                for name, value in {**extra, "Content-Length": str(len(text.encode()))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

        def _answer(self, taken: Taken) -> tuple[int, dict[str, str], str]:
            if b'"url_verification"' in taken.body:
                answer = taken.json()["challenge"] if found.challenge else "no"
                found.taken.append(taken)
                return 200, {"Content-Type": "text/plain"}, answer
            found.taken.append(taken)
            found.answering.wait(PATIENCE)
            return found.answers.pop(0) if found.answers else (200, {}, "")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 its name in the library
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/slack/events"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)

    found.stop = stop
    try:
        yield found
    finally:
        stop()
