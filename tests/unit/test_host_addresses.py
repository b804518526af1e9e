"""A server's name leads to its addresses, whatever the resolver does meanwhile."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from dbaccess import host_addresses
from dbaccess.host_addresses import connect_by_address, has_moved

Resolver = Callable[[], list[str]]
DB = "postgresql://worker@db.test:5433/orders"


@dataclass
class Names:
    """The answers of the machine's resolver, and the names that were asked for."""

    answer: Resolver
    asked: list[str] = field(default_factory=list)

    def look_up(self, host: str, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in self.answer()]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Nothing was looked up before, and each answer is asked for again."""
    found = Names(lambda: ["10.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", found.look_up)
    for kept in ("_known", "_again_at", "_worked"):
        monkeypatch.setattr(host_addresses, kept, {})
    monkeypatch.setattr(host_addresses, "ANSWERS_WITHIN", 0.01)
    monkeypatch.setattr(host_addresses, "FRESH", 0)
    return found


@pytest.fixture
def silence() -> Iterator[Resolver]:
    """A resolver that does not answer before the test is over."""
    over = threading.Event()

    def never() -> list[str]:
        over.wait()
        return []

    yield never
    over.set()


class Connection:
    """As psycopg's, over the first of the addresses that is not dead."""

    def __init__(self, host: str, hostaddr: str) -> None:
        self.info = SimpleNamespace(host=host, hostaddr=hostaddr)


def connect(where: str, *, dead: tuple[str, ...] = ()) -> tuple[Any, dict[str, Any]]:
    """Return the connection, and the parameters that psycopg gets."""
    got: dict[str, Any] = {}

    def its(_: str, **parameters: Any) -> Any:
        got.update(parameters)
        hosts, addresses = (parameters.get(name, "").split(",") for name in ("host", "hostaddr"))
        return next(Connection(*each) for each in zip(hosts, addresses, strict=True) if each[1] not in dead)

    return connect_by_address(its, where), got


def again() -> list[str]:
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def absent() -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_each_address_of_each_name_is_tried_under_its_name_and_port(names: Names) -> None:
    names.answer = lambda: ["10.0.0.1", "10.0.0.2"]
    _, got = connect("host=a.test,10.1.1.1 port=1,2")
    assert got == {
        "host": "a.test,a.test,10.1.1.1",
        "hostaddr": "10.0.0.1,10.0.0.2,10.1.1.1",
        "port": "1,1,2",
    }
    assert names.asked == ["a.test"]


@pytest.mark.parametrize("where", ["host=10.1.1.1", "host=/run/pg", "", "host=db.test hostaddr=10.1.1.1"])
def test_an_address_is_looked_up_nowhere(names: Names, where: str) -> None:
    _, got = connect(where)
    assert (got, names.asked) == ({}, [])


def test_last_answer_counts_while_the_resolver_is_silent(names: Names, silence: Resolver) -> None:
    connect(DB)
    names.answer = silence
    for _ in range(3):
        assert connect(DB)[1]["hostaddr"] == "10.0.0.1"
    assert len(names.asked) == 2, "a silent resolver is left alone for a while"


def test_last_answer_counts_while_the_resolver_is_in_trouble(names: Names) -> None:
    connect(DB)
    names.answer = again
    assert connect(DB)[1]["hostaddr"] == "10.0.0.1"


def test_new_address_counts_at_once(names: Names) -> None:
    made, _ = connect(DB)
    assert not has_moved(made)
    names.answer = lambda: ["10.0.0.2"]
    assert has_moved(made)
    assert connect(DB)[1]["hostaddr"] == "10.0.0.2"


def test_silence_moves_no_connection(names: Names, silence: Resolver) -> None:
    made, _ = connect(DB)
    names.answer = silence
    assert not has_moved(made)


def test_name_that_is_gone_has_no_address(names: Names) -> None:
    made, _ = connect(DB)
    names.answer = absent
    with pytest.raises(psycopg.OperationalError, match=r"failed to resolve host 'db\.test'"):
        connect(DB)
    assert not has_moved(made)


def test_name_that_was_never_resolved_has_no_address(names: Names) -> None:
    names.answer = again
    with pytest.raises(psycopg.OperationalError, match="failed to resolve host"):
        connect(DB)


def test_one_host_without_an_address_leaves_the_other(names: Names) -> None:
    names.answer = absent
    assert connect("host=a.test,10.1.1.1")[1]["hostaddr"] == "10.1.1.1"


def test_address_that_took_the_last_connection_comes_first(names: Names) -> None:
    names.answer = lambda: ["10.0.0.1", "10.0.0.2"]
    connect(DB, dead=("10.0.0.1",))
    assert connect(DB)[1]["hostaddr"] == "10.0.0.2,10.0.0.1"
