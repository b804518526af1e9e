"""Leases with holders that are blocks of this process."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fakes.database import MemoryDatabase


class MemoryLeases:
    """`ports.Leases`."""

    def __init__(self, database: MemoryDatabase) -> None:
        self._database = database
        self._turns: set[str] = set()

    @contextmanager
    def hold(self) -> Iterator[str]:
        lease = str(secrets.randbelow(2**31))
        self._database.live.add(lease)
        try:
            yield lease
        finally:
            self._database.live.discard(lease)

    @contextmanager
    def turn(self, name: str) -> Iterator[bool]:
        with self._database.alone():
            mine = name not in self._turns
            self._turns.add(name)
        try:
            yield mine
        finally:
            if mine:
                self._turns.discard(name)
