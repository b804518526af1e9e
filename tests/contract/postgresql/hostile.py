"""Means of holders to stay: sessions that start slowly, transactions left open, clients that come again."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import psycopg

from sandbox.waiting import PATIENCE
from tests.contract.postgresql.target import Target


def until(true: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Wait for an event; fails where it does not come."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


LONG: dict[str, Any] = {
    "lock": 2 * PATIENCE,
    "statement": 3 * PATIENCE,
    "held": 3 * PATIENCE,
    "answer": 4 * PATIENCE,
}
"""Timeouts of a driver that nothing waits for: where it does, it takes longer than any busy machine."""


@contextmanager
def at_once() -> Iterator[None]:
    """With `LONG` timeouts: waits for no lock and for no answer."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < PATIENCE, "it waited"


class SlowClient:
    """Connects with `post_auth_delay`, and notes who it is once the server lets it go on."""

    def __init__(self, url: str, *, seconds: int = 30, options: str = "") -> None:
        self.became: list[str] = []
        self._url, self._options = url, f"{options} -c post_auth_delay={seconds}"
        self._thread = threading.Thread(target=self._connect)
        self._thread.start()

    def _connect(self) -> None:
        with suppress(psycopg.Error), psycopg.connect(self._url, options=self._options) as client:
            self.became += [who for (who,) in client.execute("select current_user::text")]

    def over(self) -> list[str]:
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        return self.became


def starting(target: Target) -> set[int]:
    """Return backends (by pid) that hold their database's lock and show no login.

    A worker of the server, such as autovacuum, is one for a moment too.
    """
    found = target.look(
        """select l.pid from pg_locks l left join pg_stat_activity a using (pid)
            where l.locktype = 'object' and l.classid = 'pg_database'::regclass and a.usesysid is null"""
    )
    return {pid for (pid,) in found}


def started(target: Target) -> set[int]:
    """Wait for a backend that is starting in two looks in a row, and return the pids of such."""
    found: set[int] = set()

    def stays() -> bool:
        found.update(starting(target) & starting(target))
        return bool(found)

    until(stays)
    return found


def wake_starting(target: Target) -> None:
    """Let those go on at once that wait for `post_auth_delay`: a signal ends the wait."""
    target.look(
        """select pg_cancel_backend(l.pid) from pg_locks l left join pg_stat_activity a using (pid)
            where l.locktype = 'object' and l.classid = 'pg_database'::regclass and a.usesysid is null"""
    )


@contextmanager
def half_authenticated(url: str) -> Iterator[socket.socket]:
    """Says who it is, and never answers the server's challenge."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as client:
        words = ["user", parts.username or "", "database", parts.path[1:], "", ""]
        packet = b"\0\3\0\0" + "\0".join(words).encode()
        client.sendall((len(packet) + 4).to_bytes(4, "big") + packet)
        assert client.recv(1) == b"R"
        yield client


@contextmanager
def stubborn(url: str, *statements: str, clients: int = 3) -> Iterator[None]:
    """Clients that run these, leave the transaction open, and connect again whenever they are thrown out."""
    stop, begun = threading.Event(), threading.Semaphore(0)

    def work() -> None:
        while not stop.is_set():
            with suppress(psycopg.Error), psycopg.connect(url, connect_timeout=5) as client:
                for statement in statements:
                    client.execute(statement)
                begun.release()
                while not stop.wait(0.02):
                    client.execute("select 1")

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        assert begun.acquire(timeout=PATIENCE)
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)


@contextmanager
def dba_is_in_the_middle_of(target: Target, statement: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(target.database.superuser_url) as dba:
        dba.execute(statement)
        yield dba
        dba.rollback()
