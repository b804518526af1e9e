"""A second sink succeeds once a receiver took the text; otherwise it raises an error without a secret."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from dbaccess.domain.errors import SinkFailure
from dbaccess.domain.rule import SecondSink
from dbaccess.settings import SettingsError, WorkerSettings
from dbaccess.sinks.second import second_sink
from dbaccess.sinks.syslog import SyslogSink
from dbaccess.sinks.webhook import WebhookSink

TEXT = "Break-glass: Maya Lindqvist, write on orders-prod, 30 min."


@contextmanager
def hook(status: int, *, location: str = "") -> Iterator[tuple[str, list[bytes]]]:
    """A web hook on this machine, and the bodies that it got."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.end_headers()

        def do_GET(self) -> None:
            """Answer what a client that follows a redirect would ask."""
            bodies.append(b"")
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/T0/secret-token", bodies
        finally:
            server.shutdown()
            thread.join()


def test_web_hook_that_answers_has_the_text() -> None:
    with hook(200) as (url, bodies):
        WebhookSink(SecretStr(url)).take(TEXT)
    assert [json.loads(body) for body in bodies] == [{"text": TEXT}]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_web_hook_that_does_not_say_yes_has_not_taken_it(status: int) -> None:
    with hook(status, location="http://127.0.0.1:9/") as (url, _), pytest.raises(SinkFailure) as told:
        WebhookSink(SecretStr(url)).take(TEXT)
    assert "secret-token" not in str(told.value)
    assert told.value.__cause__ is None


def test_redirect_to_an_address_that_takes_everything_has_not_taken_it() -> None:
    with hook(200) as (elsewhere, got), hook(302, location=elsewhere) as (url, _), pytest.raises(SinkFailure):
        WebhookSink(SecretStr(url)).take(TEXT)
    assert got == []


def test_web_hook_without_a_server_has_not_taken_it() -> None:
    with pytest.raises(SinkFailure) as told:
        WebhookSink(SecretStr(f"http://127.0.0.1:{_free_port()}/secret-token")).take(TEXT)
    assert "secret-token" not in str(told.value)


def test_syslog_socket_gets_one_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as daemon:
        daemon.bind(str(path))
        SyslogSink(str(path)).take(f"{TEXT}\n<0>forged: line")
        packet = daemon.recv(2000).decode()
    assert packet.startswith("<36>")
    assert packet.endswith(f" dbaccess: {TEXT} <0>forged: line\n")
    assert packet.count("\n") == 1


def test_syslog_socket_that_is_gone_has_not_taken_it(tmp_path: Path) -> None:
    with pytest.raises(SinkFailure):
        SyslogSink(str(tmp_path / "none")).take(TEXT)


def test_syslog_over_tcp_is_read_to_its_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        got: list[bytes] = []

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                while part := connection.recv(1000):
                    got.append(part)

        thread = threading.Thread(target=serve)
        thread.start()
        SyslogSink(f"tcp://127.0.0.1:{server.getsockname()[1]}").take(TEXT)
        thread.join()
    assert b"".join(got).endswith(f"dbaccess: {TEXT}\n".encode())


def test_syslog_over_tcp_without_a_daemon_has_not_taken_it() -> None:
    with pytest.raises(SinkFailure):
        SyslogSink(f"tcp://127.0.0.1:{_free_port()}").take(TEXT)


def test_named_sink_needs_its_address() -> None:
    for named, variable in ((SecondSink.SYSLOG, "SYSLOG"), (SecondSink.WEBHOOK, "WEBHOOK")):
        with pytest.raises(ValueError, match=f"DBACCESS_BREAK_GLASS_{variable} is not set"):
            second_sink(named, syslog=None, webhook=None)
    assert second_sink(None, syslog="/dev/log", webhook=SecretStr("https://x")) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SYSLOG", "udp://127.0.0.1:514"),
        ("SYSLOG", "syslog.acme.example:514"),
        ("SYSLOG", "tcp://syslog.acme.example"),
        ("SYSLOG", "tcp://syslog.acme.example:shell"),
        ("SYSLOG", "tcp://:514"),
        ("WEBHOOK", "http://hooks.acme.example/x"),
    ],
)
def test_address_that_would_lose_or_show_it_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    for needed in ("DATABASE_URL", "REDIS_URL", "SLACK_BOT_TOKEN"):
        monkeypatch.setenv(needed, "x")
    monkeypatch.setenv(f"DBACCESS_BREAK_GLASS_{name}", value)
    with pytest.raises(SettingsError) as told:
        WorkerSettings.load()
    assert value not in str(told.value)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
