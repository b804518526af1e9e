"""dbaccess in HTTP mode: two bots behind one address, each a process of its own."""

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from sandbox.client import Sandbox
from sandbox.signing import signed
from sandbox.waiting import PATIENCE
from tests.acceptance.stack import ROOT, Stack, wait

SECRET = "acceptance-signing-secret"
BOTS = ("bot", "bot-2")
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    text: str


@dataclass(slots=True)
class HttpStack(Stack):
    """`ports`: where each bot listens."""

    bots: ClassVar[tuple[str, ...]] = BOTS
    ports: dict[str, int] = field(default_factory=dict)

    def start_sandbox(self) -> None:
        self.ports = dict(zip(BOTS, _free_ports(len(BOTS)), strict=True))
        urls = [word for name in BOTS for word in ("--request-url", self.url(name))]
        ready = self.home / "sandbox.address"
        options = ["--manifest", str(ROOT / "manifest.yml"), "--world", str(self.world), *urls]
        self._spawn("sandbox", "sandbox", *options, "--ready-file", str(ready), env={})
        wait(lambda: ready.exists() or self._alive("sandbox"))
        self.sandbox = Sandbox(ready.read_text())

    def start_bot(self) -> None:
        for name in BOTS:
            self._spawn(name, "bot", env=self.bot_environment(name))
        self.sandbox.wait_verified(len(BOTS))
        wait(lambda: all(map(self.accepts, BOTS)))  # the sandbox does not verify those that start again

    def bot_environment(self, name: str) -> dict[str, str]:
        env = self.environment("bot")
        del env["SLACK_APP_TOKEN"]
        return env | {"SLACK_SIGNING_SECRET": SECRET, "PORT": str(self.ports[name])}

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}/slack/events"

    def get(self, path: str, *, bot: str = "bot") -> Response:
        return self.send("GET", path, b"", {}, bot=bot)

    def post(self, body: bytes, headers: Mapping[str, str], *, bot: str = "bot") -> Response:
        """To where Slack sends, with these headers and no others."""
        return self.send("POST", "/slack/events", body, headers, bot=bot)

    def post_signed(
        self, body: bytes, *, bot: str = "bot", content_type: str = FORM, age: float = 0
    ) -> Response:
        headers = signed(SECRET, body, time.time() - age) | {"Content-Type": content_type}
        return self.post(body, headers, bot=bot)

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str], *, bot: str) -> Response:
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[bot], timeout=PATIENCE)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return Response(answer.status, answer.read().decode())
        finally:
            connection.close()

    def figure(self, name: str, *, bot: str = "bot") -> float:
        """One sample of /metrics by its full name, 0 where it was never counted."""
        return sum(self._samples(f"{name} ", bot))

    def total(self, name: str, *, bot: str = "bot") -> float:
        """All samples of a metric together, whatever their labels."""
        return sum(self._samples(f"{name}{{", bot))

    def _samples(self, start: str, bot: str) -> Iterator[float]:
        for line in self.get("/metrics", bot=bot).text.splitlines():
            if line.startswith(start):
                yield float(line.rpartition(" ")[2])

    def checks(self, *, bot: str = "bot") -> tuple[int, dict[str, str]]:
        answer = self.get("/readyz", bot=bot)
        return answer.status, json.loads(answer.text)["checks"]

    def raw(self, request: str) -> int:
        """The status that these very bytes get from the first bot."""
        with socket.create_connection(("127.0.0.1", self.ports["bot"]), timeout=PATIENCE) as connection:
            with contextlib.suppress(ConnectionError):  # the answer may come before the end of the question
                connection.sendall(request.encode())
            return int(connection.recv(4096).split(b" ")[1])

    def connection(self) -> socket.socket:
        """To the first bot, nothing asked yet."""
        return socket.create_connection(("127.0.0.1", self.ports["bot"]), timeout=PATIENCE)

    def accepts(self, bot: str) -> bool:
        """Whether the bot still takes connections."""
        try:
            socket.create_connection(("127.0.0.1", self.ports[bot]), timeout=PATIENCE).close()
        except ConnectionError:
            return False
        return True


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
