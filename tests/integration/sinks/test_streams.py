"""A receiver gets signed entries, in order; whatever dies between, none is missing."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from dbaccess.audit.entry_formats import as_json
from dbaccess.domain.errors import WitnessFailure
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.ledger import GENESIS, Entry, faults, link
from dbaccess.settings import SettingsError, WitnessSettings
from dbaccess.sinks.streams.choose import choose_streams
from dbaccess.sinks.streams.https import HttpsStream
from dbaccess.sinks.streams.lines import SYSLOG_LONGEST, FileStream, SyslogStream
from tests.integration.sinks.test_witnesses import daemon

__all__ = ["daemon"]
SECRET = "only-for-this-test-0123"


def chain(many: int, size: int = 1) -> list[Entry]:
    made: list[Entry] = []
    for seq in range(1, many + 1):
        event = Event(kind=EventKind.STRAY_FOUND, actor="worker", data={"login": "é\n" * size})
        before = made[-1].hash if made else GENESIS
        made.append(link(event, seq=seq, prev_hash=before, at=datetime(2026, 3, 10, tzinfo=UTC)))
    return made


def read(line: str) -> Entry:
    """Return the entry that a receiver rebuilds from a line."""
    found = json.loads(line)
    return Entry(
        seq=found["seq"],
        prev_hash=bytes.fromhex(found["prev_hash"]),
        body=found["body"].encode(),
        hash=bytes.fromhex(found["hash"]),
    )


@dataclass
class Receiver:
    """Keeps the bodies with a right signature, and answers with `statuses` in turn, 204 after that."""

    statuses: list[int] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    refused: int = 0

    @contextmanager
    def serving(self, port: int = 0) -> Iterator[HTTPServer]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stamp = self.headers["X-Dbaccess-Timestamp"].encode()
                signed = hmac.new(SECRET.encode(), stamp + b"." + body, hashlib.sha256).hexdigest()
                if self.headers["X-Dbaccess-Signature"] == f"v1={signed}":
                    receiver.bodies.append(body.decode())
                else:
                    receiver.refused += 1
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        with HTTPServer(("127.0.0.1", port), Handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield server
            finally:
                server.shutdown()
                thread.join()


def test_receiver_rebuilds_the_chain_from_signed_lines() -> None:
    receiver = Receiver()
    with receiver.serving() as server:
        url = SecretStr(f"http://127.0.0.1:{server.server_port}/hook/secret-token")
        sent = HttpsStream(url, SecretStr(SECRET), as_json)
        assert "secret-token" not in sent.place
        sent.take(chain(3)[:2])
        sent.take(chain(3)[2:])
        HttpsStream(url, SecretStr("another-secret-0123"), as_json).take(chain(1))
    got = [read(line) for body in receiver.bodies for line in body.splitlines()]
    assert got == chain(3)
    assert list(faults(got)) == []
    assert receiver.refused == 1


def test_receiver_that_dies_or_refuses_gets_the_same_again() -> None:
    receiver = Receiver(statuses=[503, 302])
    with receiver.serving() as server:
        port = server.server_port
        sent = HttpsStream(SecretStr(f"http://127.0.0.1:{port}/secret-token"), SecretStr(SECRET), as_json)
        for _ in range(2):
            with pytest.raises(WitnessFailure) as told:
                sent.take(chain(2))
            assert "secret-token" not in str(told.value)
    with pytest.raises(WitnessFailure):
        sent.take(chain(2))
    with receiver.serving(port):
        sent.take(chain(2))
    assert [len(body.splitlines()) for body in receiver.bodies] == [2, 2, 2]


def test_file_and_syslog_get_a_line_for_each_entry(tmp_path: Path, daemon: tuple[str, list[bytes]]) -> None:
    FileStream(tmp_path / "ledger", as_json).take(chain(3))
    lines = (tmp_path / "ledger").read_text(encoding="utf-8").splitlines()
    assert [read(line) for line in lines] == chain(3)
    address, got = daemon
    SyslogStream(address, as_json).take([*chain(2), *chain(1, size=SYSLOG_LONGEST)])
    (packet,) = filter(None, got)
    first, second, long = (line.split(b" - ", 1)[1] for line in packet.splitlines())
    assert [read(line.decode()) for line in (first, second)] == chain(2)
    assert json.loads(long).keys() == {"seq", "hash", "too_long"}


def test_environment_names_the_streams(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBACCESS_STREAM_URL", "https://siem.acme.internal/hook")
    with pytest.raises(SettingsError, match="DBACCESS_STREAM_SECRET"):
        WitnessSettings.load()
    monkeypatch.setenv("DBACCESS_STREAM_SECRET", SECRET)
    given = WitnessSettings.load()
    monkeypatch.setenv("DBACCESS_STREAM_URL", "http://siem.acme.internal/hook")
    with pytest.raises(SettingsError, match="https"):
        WitnessSettings.load()
    found = choose_streams(
        path=tmp_path / "a",
        syslog="tcp://logs:601",
        url=given.dbaccess_stream_url,
        secret=given.dbaccess_stream_secret,
        form=as_json,
    )
    assert [stream.place.split(":")[1] for stream in found] == ["file", "syslog", "https"]
