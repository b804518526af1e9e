"""A server that is no object store, or a hostile one: it never counts as a witness, and breaks nothing."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dbaccess.domain.errors import WitnessFailure
from dbaccess.sinks.witnesses import object_store
from dbaccess.sinks.witnesses.object_store import Bucket, ObjectStoreWitness
from demo.servers.account import Account
from tests.integration.sinks.test_witnesses import line
from tests.integration.test_tls import make_certificate

Answer = Callable[[BaseHTTPRequestHandler], None]
LISTED = '<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{}</ListVersionsResult>'
VERSION = "<Version><Key>k</Key><VersionId>v</VersionId></Version>"


class Liar(ThreadingHTTPServer):
    """Gives `answer` to every request; `over` ends those that it never answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer: Answer = plain(200)
        self.asked = 0
        self.over = threading.Event()

    def handle_error(self, *_: object) -> None:
        """Clients hang up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Liar

    def do_GET(self) -> None:
        self.server.asked += 1
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.answer(self)

    do_PUT = do_HEAD = do_GET  # noqa: N815 the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Quiet."""


def plain(status: int, body: bytes = b"", *, length: int | None = None, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body) if length is None else length))
        request.end_headers()
        request.wfile.write(body)
        request.close_connection = length is not None

    return answer


def endless(request: BaseHTTPRequestHandler) -> None:
    plain(200, length=10**12)(request)
    with suppress(OSError):
        while True:
            request.wfile.write(b"x" * 65536)


def silent(request: BaseHTTPRequestHandler) -> None:
    assert isinstance(request.server, Liar)
    request.server.over.wait()


def listing(versions: str, body: bytes = b"x") -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        is_list = "versions" in request.path
        plain(200, LISTED.format(versions).encode() if is_list else body)(request)

    return answer


NEVER_TAKEN: dict[str, Answer] = {
    "a web page": plain(200, b"<html><p>Sign in"),
    "garbage": plain(200, bytes(range(256))),
    "nothing": plain(200),
    "another XML": plain(200, b"<a><b>c</b></a>"),
    "a bomb of entities": plain(200, b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'),
    "a redirect": plain(301, Location="http://127.0.0.1:1/"),
    "a redirect that keeps the method": plain(307, Location="/again"),
    "a redirect to another region": plain(301, x_amz_bucket_region="eu-west-9"),
    "an error": plain(500),
    "an answer that ends early": plain(200, b"<a", length=100),
    "an answer without an end": endless,
    "no answer": silent,
}


@pytest.fixture
def liar(monkeypatch: pytest.MonkeyPatch) -> Iterator[Liar]:
    for name, value in (("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setattr(object_store, "ATTEMPTS", 1)
    with Liar() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
    thread.join()


def witness_at(server: Liar, scheme: str = "http") -> ObjectStoreWitness:
    endpoint = f"{scheme}://127.0.0.1:{server.server_port}"
    return ObjectStoreWitness(Bucket(name="anchors", prefix="", endpoint=endpoint))


def test_answer_that_no_object_store_gives_is_a_failure_of_the_witness(
    liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = witness_at(liar)
    for name, answer in NEVER_TAKEN.items():
        liar.answer, liar.asked = answer, 0
        if answer is silent:
            monkeypatch.setattr(object_store, "TIMEOUT", 0.2)
            witness = witness_at(liar)
        with pytest.raises(WitnessFailure) as told:
            witness.store(1, line(1))
        assert told.value.__cause__ is None, name
        with pytest.raises(WitnessFailure):
            witness.check()
        assert liar.asked <= 2, name  # no redirect is followed


def test_list_that_lies_is_a_failure_or_proves_nothing(liar: Liar) -> None:
    witness = witness_at(liar)
    for name, answer in (
        ("a version without a key", listing("<Version><VersionId>v</VersionId></Version>")),
        ("a version without a number", listing("<Version><Key>k</Key></Version>")),
        ("a page without an end", endless),
        ("a redirect", plain(302, Location="/again")),
    ):
        liar.answer = answer
        with pytest.raises(WitnessFailure):
            pytest.fail(f"{name}: {list(witness.lines())}")
    for body in (b"", b"\x00\xff" * 9, b"x" * 5_000_000):
        liar.answer = listing(VERSION, body)
        assert [len(one) for one in witness.lines()] == [min(len(body), 4096)]


def test_server_with_a_certificate_of_another_is_not_asked(
    liar: Liar, tmp_path: Path, server_account_: Account
) -> None:
    made = make_certificate(tmp_path / "other", server_account_)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    liar.socket = context.wrap_socket(liar.socket, server_side=True)
    with pytest.raises(WitnessFailure, match="SSLError"):
        witness_at(liar, "https").store(1, line(1))
    assert liar.asked == 0
