"""Superuser's sessions that stay open between statements: a new one costs more than most statements."""

import atexit
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.pq import TransactionStatus

Connection = psycopg.Connection[tuple[Any, ...]]


class _Kept:
    def __init__(self, url: str) -> None:
        self._url = url
        self.lock = threading.Lock()
        self.connection: Connection | None = None

    def as_new(self) -> Connection:
        try:
            if self.connection is not None:
                self.connection.execute("discard all")
                return self.connection
        except psycopg.OperationalError:
            self.close()  # its server has ended it
        # DISCARD drops prepared statements, which psycopg would go on using.
        self.connection = psycopg.connect(self._url, autocommit=True, prepare_threshold=None)
        return self.connection

    def put_back(self) -> None:
        """Leave no transaction open, and with it no lock."""
        if self.connection and self.connection.info.transaction_status != TransactionStatus.IDLE:
            self.close()

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None


_kept: dict[str, _Kept] = {}


@contextmanager
def superuser_on(url: str) -> Iterator[Connection]:
    """A session that is as new, each statement a transaction. Two at once are two sessions."""
    kept = _kept.setdefault(url, _Kept(url))
    if not kept.lock.acquire(blocking=False):
        with psycopg.connect(url, autocommit=True) as another:
            yield another
        return
    try:
        yield kept.as_new()
    finally:
        kept.put_back()
        kept.lock.release()


def close_superusers_on(database: str) -> None:
    """End the sessions that are kept open on it."""
    for url in [url for url in _kept if urlsplit(url).path == f"/{database}"]:
        _kept.pop(url).close()


@atexit.register
def _close_all() -> None:
    for kept in _kept.values():
        kept.close()
