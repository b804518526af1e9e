"""Tables in memory, and transactions over them that see and lock rows as READ COMMITTED does."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Generic, TypeVar, cast

from sandbox.waiting import PATIENCE

K = TypeVar("K")
V = TypeVar("V")
Clock = Callable[[], datetime]

_GONE = object()


class LockNotAvailable(Exception):
    """Another transaction has had the row for `PATIENCE`: a wait within one thread would never end."""


class TransactionIsOver(Exception):
    """The unit of work was committed or left before."""


def system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Table(Generic[K, V]):
    """The name of a table, with the types of its keys and rows. Rows are never changed in place."""

    name: str


@dataclass(slots=True)
class MemoryDatabase:
    """Committed rows, the holder of each lock, and the names of leases with a living holder."""

    clock: Clock = system_clock
    live: set[str] = field(default_factory=set)
    _tables: dict[str, dict[Any, Any]] = field(default_factory=dict)
    _holders: dict[tuple[str, Any], "Transaction"] = field(default_factory=dict)
    _sequences: dict[str, Iterator[int]] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def table(self, name: str) -> dict[Any, Any]:
        return self._tables.setdefault(name, {})

    def next_id(self, name: str, *, start: int) -> int:
        """A number that no row had, whatever becomes of the transaction."""
        with self._changed:
            return next(self._sequences.setdefault(name, count(start)))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other transaction reads, writes or locks meanwhile."""
        with self._changed:
            yield

    def take(self, lock: tuple[str, Any], by: "Transaction", *, seconds: float) -> bool:
        """Return whether the transaction has the lock, after waiting that long for another one's end."""
        with self._changed:
            free = self._changed.wait_for(lambda: self._holders.get(lock, by) is by, seconds)
            if free:
                self._holders[lock] = by
            return free

    def release(self, by: "Transaction") -> None:
        with self._changed:
            for lock in [lock for lock, holder in self._holders.items() if holder is by]:
                del self._holders[lock]
            self._changed.notify_all()


class Transaction:
    """A read finds the rows that others committed and its own writes; locks last until the end."""

    def __init__(self, database: MemoryDatabase) -> None:
        self.database = database
        self.history: list[tuple[str, Any, Any]] = []
        """Each write in order: the table, the row before or None, and the row after or None."""
        self._written: dict[str, dict[Any, Any]] = {}
        self._is_over = False

    def next_id(self, table: Table[Any, Any], *, start: int = 1) -> int:
        return self.database.next_id(table.name, start=start)

    def get(self, table: Table[K, V], key: K) -> V | None:
        self._check()
        with self.database.alone():
            row = self._written.get(table.name, {}).get(key, self.database.table(table.name).get(key))
        return None if row is _GONE else cast("V | None", row)

    def rows(self, table: Table[K, V]) -> list[V]:
        """All of them, in the order of their keys."""
        return [row for _, row in self.items(table)]

    def items(self, table: Table[K, V]) -> list[tuple[K, V]]:
        self._check()
        with self.database.alone():
            seen = self.database.table(table.name) | self._written.get(table.name, {})
        return sorted(
            ((key, cast("V", row)) for key, row in seen.items() if row is not _GONE),
            key=lambda item: cast("Any", item[0]),
        )

    def lock(self, table: Table[K, V], key: K) -> V | None:
        """The row as it is once no other transaction has it locked."""
        self.claim(table.name, key)
        return self.get(table, key)

    def try_lock(self, table: Table[K, Any], key: K, *, wait: bool = False) -> bool:
        self._check()
        return self.database.take((table.name, key), self, seconds=PATIENCE if wait else 0)

    def claim(self, name: str, key: Any) -> None:
        """No other transaction writes under this key before the end, as with a unique index."""
        self._check()
        if not self.database.take((name, key), self, seconds=PATIENCE):
            raise LockNotAvailable(f"{name} {key}")

    def put(self, table: Table[K, V], key: K, row: V) -> None:
        self._write(table, key, row)

    def delete(self, table: Table[K, Any], key: K) -> None:
        self._write(table, key, _GONE)

    def commit(self) -> None:
        self._check()
        with self.database.alone():
            for name, rows in self._written.items():
                table = self.database.table(name)
                for key, row in rows.items():
                    if row is _GONE:
                        table.pop(key, None)
                    else:
                        table[key] = row
        self.end()

    def end(self) -> None:
        """Drop all writes that were not committed, and all locks."""
        self._is_over = True
        self.database.release(self)

    def _write(self, table: Table[K, Any], key: K, row: Any) -> None:
        self.claim(table.name, key)
        self.history.append((table.name, self.get(table, key), None if row is _GONE else row))
        self._written.setdefault(table.name, {})[key] = row

    def _check(self) -> None:
        if self._is_over:
            raise TransactionIsOver
