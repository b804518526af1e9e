"""A witness has what it took, reads back what it holds, and says what is wrong without a secret."""

import fcntl
import os
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dbaccess.audit.signing import LedgerKey
from dbaccess.domain.checkpoint import Checkpoint, SignedCheckpoint, parse_checkpoint
from dbaccess.domain.errors import SlackFailure, WitnessFailure
from dbaccess.ports import Posted, Witness
from dbaccess.settings import SettingsError, WitnessSettings
from dbaccess.sinks import syslog
from dbaccess.sinks.witnesses.choose import choose_witnesses
from dbaccess.sinks.witnesses.file import FileWitness
from dbaccess.sinks.witnesses.slack import SlackWitness
from dbaccess.sinks.witnesses.syslog import SyslogWitness
from dbaccess.slack.views import ledger

KEY = LedgerKey.generate()


def line(seq: int) -> str:
    made = Checkpoint(
        installation="acme",
        seq=seq,
        head=bytes([seq]) * 32,
        at=datetime(2026, 3, 10, 3, 10, tzinfo=UTC),
        key_id=KEY.public.key_id,
    )
    return SignedCheckpoint(checkpoint=made, signature=KEY.sign(made.canonical())).line()


def kept(witness: FileWitness) -> list[int]:
    return [parse_checkpoint(one).checkpoint.seq for one in witness.lines()]


def test_file_holds_each_line_for_its_owner_alone(tmp_path: Path) -> None:
    witness = FileWitness(tmp_path / "checkpoints")
    assert "takes checkpoints" in witness.check()
    assert not (tmp_path / "checkpoints").exists()
    for seq in (1, 2, 2):
        witness.store(seq, line(seq))
    assert kept(witness) == [1, 2, 2]
    assert (tmp_path / "checkpoints").stat().st_mode & 0o777 == 0o600
    assert witness.place == f"file:{socket.gethostname()}:{tmp_path}/checkpoints"


def test_torn_line_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints"
    witness = FileWitness(path)
    witness.store(1, line(1))
    path.write_bytes(path.read_bytes() + line(2).encode()[:50])
    witness.store(3, line(3))
    first, torn, third = witness.lines()
    assert [parse_checkpoint(one).checkpoint.seq for one in (first, third)] == [1, 3]
    assert torn == line(2).encode()[:50] + b"\n"


def test_file_that_others_may_change_or_put_there_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.touch(mode=0o600)
    (tmp_path / "link").symlink_to(elsewhere)
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name, mode in (("shared", 0o666), ("readable", 0o644)):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "directory").mkdir()
    for name in ("link", "pipe", "shared", "readable", "directory"):
        witness = FileWitness(tmp_path / name)
        for tried in (
            lambda w=witness: w.store(1, line(1)),
            lambda w=witness: list(w.lines()),
            witness.check,
        ):
            with pytest.raises(WitnessFailure):
                tried()
    for name in ("open/checkpoints", "missing/checkpoints"):
        with pytest.raises(WitnessFailure):
            FileWitness(tmp_path / name).store(1, line(1))
    assert elsewhere.read_bytes() == b""


def test_file_that_another_process_has_locked_is_told_at_once(tmp_path: Path) -> None:
    witness = FileWitness(tmp_path / "checkpoints")
    witness.store(1, line(1))
    with (tmp_path / "checkpoints").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        with pytest.raises(WitnessFailure):
            witness.store(2, line(2))
    witness.store(2, line(2))
    assert kept(witness) == [1, 2]


@pytest.fixture
def daemon() -> Iterator[tuple[str, list[bytes]]]:
    """A syslog daemon over TCP that closes once it has read a message to its end."""
    got: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                peer, _ = listening.accept()
            except OSError:
                return
            with peer:
                data = b""
                while part := peer.recv(4096):
                    data += part
                got.append(data)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"tcp://127.0.0.1:{listening.getsockname()[1]}", got
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_syslog_gets_one_line_in_the_format_of_rfc_5424(daemon: tuple[str, list[bytes]]) -> None:
    address, got = daemon
    witness: Witness = SyslogWitness(address)
    assert "cannot be read back" in witness.check()
    assert witness.lines() is None
    witness.store(7, line(7))
    (packet,) = filter(None, got)
    priority, stamp, host, program, process, kind, data, message = packet.decode().split(" ", 7)
    assert (priority, host, program) == ("<85>1", socket.gethostname(), "dbaccess")
    assert process == str(os.getpid())
    assert datetime.fromisoformat(stamp).tzinfo is not None
    assert (kind, data) == ("checkpoint", "-")
    assert message == f"seq=7 {line(7)}\n"


def test_syslog_over_a_socket_and_without_a_daemon(tmp_path: Path) -> None:
    path = str(tmp_path / "log")
    with pytest.raises(WitnessFailure):
        SyslogWitness(path).store(1, line(1))
    with pytest.raises(WitnessFailure):
        SyslogWitness(path).check()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(path)
        SyslogWitness(path).check()
        SyslogWitness(path).store(1, line(1))
        assert listening.recv(4096).endswith(f"{line(1)}\n".encode())


class Channel:
    """A messenger that keeps what it posts."""

    def __init__(self, refusal: SlackFailure | None = None) -> None:
        self.refusal = refusal
        self.posted: list[tuple[str, str]] = []

    def post(
        self, channel: str, payload: object, *, thread_ts: object, key: str, urgent: bool = False
    ) -> Posted:
        del payload, thread_ts, urgent
        if self.refusal is not None:
            raise self.refusal
        self.posted.append((channel, key))
        return Posted(channel=channel, ts="1.1")

    def update(self, *_: object, **__: object) -> None:
        raise NotImplementedError

    update_view = publish_home = update


def test_slack_gets_a_message_or_says_why_not() -> None:
    channel = Channel()
    witness: Witness = SlackWitness("C0AUDIT", channel, ledger.checkpoint)
    witness.store(7, line(7))
    assert channel.posted == [("C0AUDIT", "checkpoint:7")]
    assert witness.lines() is None
    refusing = Channel(SlackFailure("The channel is archived.", code="is_archived"))
    with pytest.raises(WitnessFailure, match="archived"):
        SlackWitness("C0AUDIT", refusing, ledger.checkpoint).store(8, line(8))


@pytest.mark.parametrize("endpoint", ["https://", "https:///anchors", "http://[::1", "no address"])
def test_object_store_without_a_host_is_told_and_breaks_nothing(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """botocore refuses such an address with an error of its own, or with a ValueError."""
    monkeypatch.setenv("DBACCESS_WITNESS_S3_ENDPOINT", endpoint)
    with pytest.raises(SettingsError, match="DBACCESS_WITNESS_S3_ENDPOINT"):
        WitnessSettings.load()
    (witness,) = choose_witnesses(path=None, syslog=None, bucket="s3://anchors", endpoint=endpoint)
    for tried in (lambda: witness.store(1, line(1)), witness.check, lambda: list(witness.lines() or ())):
        with pytest.raises(WitnessFailure, match="cannot be used") as told:
            tried()
        assert told.value.__cause__ is None


def test_environment_names_the_witnesses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wrong = {
        "DBACCESS_WITNESS_PATH": "checkpoints",
        "DBACCESS_WITNESS_SYSLOG": "udp://logs:514",
        "DBACCESS_WITNESS_S3": "https://bucket",
        "DBACCESS_WITNESS_S3_ENDPOINT": "http://s3.example.com",
        "DBACCESS_WITNESS_SLACK": "#audit",
    }
    for name, value in wrong.items():
        with monkeypatch.context() as environment:
            environment.setenv(name, value)
            with pytest.raises(SettingsError, match=name):
                WitnessSettings.load()
    found = choose_witnesses(
        path=tmp_path / "a",
        syslog="/dev/log",
        bucket="s3://anchors/acme",
        endpoint="https://s3.acme.internal",
    )
    assert [witness.place for witness in found] == [
        f"file:{socket.gethostname()}:{tmp_path}/a",
        f"syslog:{socket.gethostname()}:/dev/log",
        "object_store:https://s3.acme.internal/anchors/acme/",
    ]


def _speak(listening: socket.socket, word: bytes, done: threading.Event) -> None:
    """Accept one connection, say the word, and keep it open."""
    peer, _ = listening.accept()
    with peer:
        peer.sendall(word)
        while peer.recv(4096):
            pass
        done.wait()


def test_syslog_that_speaks_or_never_reads_to_its_end_has_not_taken_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A web server at that address answers with words, and a stuck daemon not at all."""
    monkeypatch.setattr(syslog, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        for word in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b""):
            done = threading.Event()
            thread = threading.Thread(target=_speak, args=(listening, word, done))
            thread.start()
            with pytest.raises(WitnessFailure):
                SyslogWitness(f"tcp://127.0.0.1:{listening.getsockname()[1]}").store(7, line(7))
            done.set()
            thread.join()
