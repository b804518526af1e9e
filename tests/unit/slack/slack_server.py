"""A Web API on this machine that answers what a test laid out, and keeps what it was asked."""

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass(slots=True)
class Answer:
    body: dict[str, Any] | str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False


@dataclass(slots=True)
class SlackServer:
    """`answers` per method, used up in order, the last one again and again."""

    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    def answer(self, method: str, *bodies: dict[str, Any] | Answer) -> None:
        made = [one if isinstance(one, Answer) else Answer({"ok": True, **one}) for one in bodies]
        self.answers[method] += made

    def next_answer(self, method: str) -> Answer:
        listed = self.answers[method] or [Answer({"ok": False, "error": "unknown_method"})]
        return listed.pop(0) if len(listed) > 1 else listed[0]

    def calls(self, method: str) -> list[dict[str, Any]]:
        return [arguments for name, arguments in self.asked if name == method]


@contextmanager
def slack_server() -> Iterator[SlackServer]:
    slack = SlackServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            method = self.path.rpartition("/")[2]
            raw = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            is_json = "json" in self.headers.get("Content-Type", "") and raw.startswith("{")
            slack.asked.append((method, json.loads(raw) if is_json else dict(parse_qsl(raw))))
            answer = slack.next_answer(method)
            if answer.hang_up:
                self.connection.close()
                return
            body = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    slack.url = f"http://127.0.0.1:{server.server_address[1]}/api/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield slack
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
