"""Connections over TLS with certificates that are checked, on servers that have TLS.

The embedded PostgreSQL 18 and Valkey are built without it: Debian's PostgreSQL 15 stands for the control
database and a cluster, and a proxy that ends TLS stands before Valkey.
"""

import ipaddress
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from dbaccess.domain.errors import TargetUnreachable
from dbaccess.ports import ClusterFacts
from dbaccess.queue import ask_redis
from dbaccess.storage.connecting import connect
from demo.servers.account import Account
from demo.servers.postgres import Postgres
from demo.servers.valkey import embedded_valkey
from tests.contract.postgresql.least_privilege import worker_access
from tests.databases import PostgresServer, TargetDatabase
from tests.engines.postgresql import postgres_targets

HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate for this host that its own key signed, so it is also the root to check it with."""

    certificate: Path
    key: Path


def make_certificate(folder: Path, account: Account, *, of: str = HERE) -> Certificate:
    """Write both files, readable for the servers' account."""
    folder.mkdir(mode=0o755)
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address(of))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dbaccess tests")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    found = Certificate(folder / "server.crt", folder / "server.key")
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    account.write(found.key, private.decode())
    found.certificate.write_bytes(made.public_bytes(Encoding.PEM))
    found.certificate.chmod(0o644)
    return found


@pytest.fixture(scope="module")
def certificates(
    server_scratch: Path, server_account_: Account
) -> tuple[Certificate, Certificate, Certificate]:
    """That of the servers, one that no server has, and one of another host."""
    return (
        make_certificate(server_scratch / "tls", server_account_),
        make_certificate(server_scratch / "tls-other", server_account_),
        make_certificate(server_scratch / "tls-elsewhere", server_account_, of="192.0.2.1"),
    )


@contextmanager
def _serving(server: PostgresServer, with_: Certificate) -> Iterator[None]:
    settings = {"ssl": "on", "ssl_cert_file": with_.certificate, "ssl_key_file": with_.key}
    with psycopg.connect(server.url(), autocommit=True) as admin:
        for name, value in settings.items():
            admin.execute(f"alter system set {name} = '{value}'")
        admin.execute("select pg_reload_conf()")
        try:
            yield
        finally:
            for name in settings:
                admin.execute(f"alter system reset {name}")
            admin.execute("select pg_reload_conf()")


def _verified(url: str, root: Certificate) -> SecretStr:
    return SecretStr(f"{url}?sslmode=verify-full&sslrootcert={root.certificate}")


def test_postgresql_is_reached_over_tls_and_only_with_the_right_certificate(
    target_postgres_15: PostgresServer,
    target_database_15: TargetDatabase,
    certificates: tuple[Certificate, Certificate, Certificate],
) -> None:
    if not isinstance(target_postgres_15, Postgres):
        pytest.skip("the server has to be ours")
    ours, other, elsewhere = certificates
    access = worker_access(target_database_15)
    url = access.url.get_secret_value()

    def facts(root: Certificate) -> ClusterFacts:
        return postgres_targets({"main": _verified(url, root)}, access.installation).driver("main").facts()

    with _serving(target_postgres_15, ours):
        with closing(connect(_verified(url, ours), application_name="test")) as control:
            row = control.execute("select ssl from pg_stat_ssl where pid = pg_backend_pid()").fetchone()
            assert row == (True,)
        assert facts(ours).version == 15
        with pytest.raises(TargetUnreachable, match="certificate"):
            facts(other)
        with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
            connect(_verified(url, other), application_name="test")
    with (
        _serving(target_postgres_15, elsewhere),
        pytest.raises(psycopg.OperationalError, match="does not match"),
    ):
        connect(_verified(url, elsewhere), application_name="test")


@contextmanager
def _ends_tls(port: int, with_: Certificate) -> Iterator[int]:
    """Yield the port of a proxy that ends TLS in front of another port of this host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(with_.certificate, with_.key)
    with socket.create_server((HERE, 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    taken, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=_pass_on, args=(context, taken, port), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def _pass_on(context: ssl.SSLContext, taken: socket.socket, port: int) -> None:
    """Pass on request by request, as Redis answers each."""
    with (
        suppress(OSError),
        socket.create_connection((HERE, port)) as inner,
        context.wrap_socket(taken, server_side=True) as outer,
    ):
        while data := outer.recv(65536):
            inner.sendall(data)
            outer.sendall(inner.recv(65536))


def test_redis_is_reached_over_tls_and_only_with_the_right_certificate(
    redis_url: str, certificates: tuple[Certificate, Certificate, Certificate]
) -> None:
    ours, other, _ = certificates
    parts = urlsplit(redis_url)
    with _ends_tls(parts.port or 0, ours) as port:

        def refused(root: Certificate) -> str:
            place = f"{parts.netloc.rpartition('@')[0]}@{HERE}:{port}{parts.path}"
            return str(ask_redis(SecretStr(f"rediss://{place}?ssl_ca_certs={root.certificate}")))

        assert refused(ours) == "None"
        assert "certificate" in refused(other)
        assert (parts.password or "?") not in refused(other)


def test_embedded_servers_have_no_tls_that_these_tests_could_use(
    target_postgres: PostgresServer, server_scratch: Path, server_account_: Account
) -> None:
    """The documentation says so. Once one of them has TLS, it takes the place of its stand-in here."""
    if not isinstance(target_postgres, Postgres):
        pytest.skip("the server has to be ours")
    with psycopg.connect(target_postgres.url()) as admin:
        assert admin.execute("show ssl_library").fetchone() == ("",)
    valkey = embedded_valkey(server_account_, server_scratch)
    started = subprocess.run(
        [valkey, "--port", "0", "--tls-port", "1"], check=False, capture_output=True, text=True, timeout=60
    )
    assert started.returncode != 0
    assert "Failed finding TLS support" in started.stdout
