"""People who hold a grant, honest and hostile, and what they could still read."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import psycopg
from psycopg import sql

from bench.faults.site import Place

_OLD_LOCK = 7233451031007687539
"""The number of an advisory lock that versions before the private database took."""
_READ = "select count(*) from shop.orders"
_PAUSE = 0.1

Session = psycopg.Connection[tuple[Any, ...]]


class Manner(StrEnum):
    """How a holder behaves. Each but the absent one also reads, again and again."""

    ABSENT = "absent"
    HONEST = "honest"
    IDLE = "idle in a transaction"
    BUSY = "long statement"
    AGAIN = "reconnects in a loop"
    ROW_LOCK = "locks its own role"
    PREPARED = "prepares a transaction that locks its own role"
    LATE = "session that is still starting"
    ADVISORY = "holds advisory locks"
    MAKER = "makes a table and locks another"


EPHEMERAL_ONLY = {Manner.PREPARED, Manner.MAKER}
"""A prepared transaction of a person's own login is theirs; only a login of ours can act as the owner."""


@dataclass(slots=True)
class Holder:
    """`reads` are the times at which a statement began that was answered."""

    place: Place
    login: str
    ends: float
    manner: Manner
    reads: list[float] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        acts: list[Callable[[], None]] = []
        if self.manner is not Manner.ABSENT:
            acts.append(self._read)
        if self.manner in _ACTS:
            hostile = _ACTS[self.manner]
            acts.append(lambda: hostile(self))
        for act in acts:
            threading.Thread(target=_until_refused, args=(act,), daemon=True).start()

    @contextmanager
    def session(self, options: str = "", database: str = "") -> Iterator[Session]:
        """A session of the holder's, closed at the end."""
        connection = psycopg.connect(
            host=self.place.database.host,
            port=self.place.database.port,
            user=self.login,
            dbname=database or self.place.database.name,
            options=options or None,
            connect_timeout=10,
            autocommit=True,
        )
        try:
            yield connection
        finally:
            connection.close()

    def read(self, session: Session) -> None:
        began = time.time()
        session.execute(_READ)
        self.reads.append(began)

    def _read(self) -> None:
        """Once, or for one who comes again until the grant is over."""
        again = self.manner in {Manner.AGAIN, Manner.ROW_LOCK, Manner.PREPARED}
        while not self.stop.is_set():
            with suppress(psycopg.Error), self.session() as session:
                while not self.stop.is_set():
                    self.read(session)
                    self.stop.wait(_PAUSE)
            if not again:
                return
            self.stop.wait(0.01)


def _until_refused(act: Callable[[], None]) -> None:
    """An error of the server's ends what a holder does."""
    with suppress(psycopg.Error):
        act()


def _idle(holder: Holder) -> None:
    with holder.session() as session, session.transaction():
        holder.read(session)
        holder.stop.wait(60)
        holder.read(session)


def _busy(holder: Holder) -> None:
    with holder.session() as session:
        session.execute("select count(*) from shop.orders, pg_sleep(60)")


def _row_lock(holder: Holder) -> None:
    with holder.session() as session, session.transaction():
        session.execute("alter role current_user password 'x'")
        while not holder.stop.is_set():
            holder.read(session)
            holder.stop.wait(_PAUSE)


def _prepared(holder: Holder) -> None:
    with holder.session() as session:
        session.execute("begin")
        session.execute("alter role current_user password 'x'")
        session.execute(sql.SQL("prepare transaction {}").format(sql.Literal(holder.login)))


def _late(holder: Holder) -> None:
    holder.stop.wait(max(0.0, holder.ends - 1.0 - time.time()))
    with holder.session(options="-c post_auth_delay=4") as session:
        while not holder.stop.is_set():
            holder.read(session)
            holder.stop.wait(_PAUSE)


def _advisory(holder: Holder) -> None:
    with holder.session(database="postgres") as session:
        session.execute("select pg_advisory_lock(%s)", [_OLD_LOCK])
        holder.stop.wait(60)


def _maker(holder: Holder) -> None:
    with holder.session() as session:
        session.execute(sql.SQL("create table shop.{} (id int)").format(sql.Identifier(holder.login)))
        with session.transaction():
            session.execute("lock table shop.customers in share mode")
            holder.stop.wait(60)


_ACTS: dict[Manner, Callable[[Holder], None]] = {
    Manner.IDLE: _idle,
    Manner.BUSY: _busy,
    Manner.ROW_LOCK: _row_lock,
    Manner.PREPARED: _prepared,
    Manner.LATE: _late,
    Manner.ADVISORY: _advisory,
    Manner.MAKER: _maker,
}
