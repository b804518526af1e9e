"""TLS parameters of an operator's URL reach libpq as they were written, for every connection."""

import socket
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from dbaccess.domain.errors import TargetUnreachable
from dbaccess.storage.connecting import ControlConnection, connect
from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.targets.postgresql.connect_lines import connect_lines
from dbaccess.targets.postgresql.connection import PatientConnection
from tests.engines.postgresql import postgres_targets

TLS = {
    "host": "db.acme.internal",  # the certificate is for this name
    "sslmode": "verify-full",
    "sslrootcert": "/etc/dbaccess/db-ca.pem",
}
URL = SecretStr(
    "postgresql://dbaccess_worker:x@db.acme.internal/dbaccess?sslmode=verify-full&sslrootcert=/etc/dbaccess/db-ca.pem"
)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The parameters of each connection; none is made."""
    found: list[dict[str, Any]] = []

    def refuse(conninfo: str = "", **parameters: Any) -> None:
        found.append(conninfo_to_dict(conninfo) | parameters)
        raise psycopg.OperationalError("not in this test")

    address = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("10.0.0.1", 0))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [address])
    for kind in (ControlConnection, PatientConnection):
        monkeypatch.setattr(kind, "connect", refuse)
    return found


def test_connections_to_the_control_database_are_verified(given: list[dict[str, Any]]) -> None:
    with pytest.raises(psycopg.OperationalError):
        connect(URL, application_name="test")
    engine = build_engine(URL, pool_size=1, application_name="test")
    with pytest.raises(Exception, match="not in this test"):
        engine.connect()
    engine.dispose()
    assert [TLS.items() <= one.items() for one in given] == [True, True]


def test_connections_to_a_cluster_are_verified(given: list[dict[str, Any]]) -> None:
    with pytest.raises(TargetUnreachable):
        postgres_targets({"main": URL}, "acme").driver("main").facts()
    assert given[0]["hostaddr"] == "10.0.0.1"
    assert all(TLS.items() <= one.items() for one in given)


def test_lines_for_people_are_verified() -> None:
    lines = connect_lines("host=db1 dbname=orders sslmode=verify-full sslrootcert=system", "jit_acme_maya_7f")
    for line in lines:
        said = line.removeprefix("psql ").strip('"')
        assert {"sslmode": "verify-full", "sslrootcert": "system"}.items() <= conninfo_to_dict(said).items()
