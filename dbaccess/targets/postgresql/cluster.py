"""A cluster, with the one way to change its roles: one transaction, under one lock."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.domain.grant import Recipe
from dbaccess.ports import ClusterFacts
from dbaccess.targets.postgresql.connection import (
    LOCK_TABLE_FULL,
    NO_ANSWER,
    PatientConnection,
    code_of,
    connect,
)
from dbaccess.targets.postgresql.kept_connections import IDLE_SECONDS, Kept, Taken
from dbaccess.targets.postgresql.lock_table import FULL, EndedLogin, Hoarders, hold_entries
from dbaccess.targets.postgresql.lock_wait import LockWait, limit_work
from dbaccess.targets.postgresql.log_in import log_in
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.timeouts import Timeouts
from dbaccess.targets.postgresql.transaction import Session, catalog_locked

Result = TypeVar("Result")

NO_LOCK_DATABASE: Final = "no_lock_database"
WORKER_CONNECT: Final = "worker_connect"
DATABASE_CLOSED: Final = "database_closed"
"""The server answers elsewhere, but this database refuses every login, or the worker's."""

OF_ONE_DATABASE: Final = frozenset({"no_database", WORKER_CONNECT, DATABASE_CLOSED})
"""The server answers: one database is not there, or does not let the worker in."""

_SETUP: Final = "Run what `dbaccess targets setup-sql` prints."
_LIMITS: Final = "Look at its connection limit, its settings, and pg_hba.conf."
_LOGIN_TRIGGERS: Final = (
    "It has event triggers on login: let them pass the worker. To disable one, connect there as a superuser "
    "with options='-c event_triggers=off', and run: alter event trigger … disable."
)
# Most clusters let every login into these. They only serve to explain a refusal.
_OPEN_TO_MOST: Final = ("postgres", "template1")

# Tuple concurrently updated, deadlock, unique key of the same new row, lock timeout: a conflict with others.
# Installations that share a cluster share no lock with each other or with a DBA; this retry separates them.
_TRY_AGAIN: Final = frozenset({"XX000", "40P01", "23505", "55P03"})
_ATTEMPTS: Final = 5
# Ends on the primary wait during a check of a replica, so a replica that is down or silent must cost little.
_WITH_REPLICAS: Final[Mapping[str, Any]] = MappingProxyType({"connect": 2, "answer": 2.0, "statement": 2.0})
# A database that is silent at the connection costs its timeout; only the first grant on it pays that.
_LEFT_ALONE_SECONDS: Final = 5.0
NO_REPLICAS: Final[Mapping[str, SecretStr | None]] = MappingProxyType({})


class Cluster:
    """Holds the worker's URL and never shows it.

    Advisory locks belong to a database. The installation has a private one, `lock_database`, to which only
    the worker's login may connect. So no other login can take the lock, or keep it by a prepared transaction.
    Streaming replicas have the same database; sessions there read, and are never `locked`.
    """

    def __init__(
        self,
        *,
        name: str,
        url: SecretStr | None,
        timeouts: Timeouts,
        lock_database: str,
        replicas: Mapping[str, SecretStr | None] = NO_REPLICAS,
        holds_room: bool = True,
    ) -> None:
        self.name = name
        self.timeouts = timeouts
        self.lock_database = lock_database
        self.replicas: Mapping[str, Cluster] = {
            replica: Cluster(
                name=f"{name}, replica {replica}",
                url=at,
                timeouts=replace(timeouts, **_WITH_REPLICAS),
                lock_database=lock_database,
                holds_room=False,
            )
            for replica, at in replicas.items()
        }
        self._url = url
        self._kept = Kept()
        self._holds_room = holds_room
        self._made: frozenset[int] = frozenset()
        self._silent: dict[str, tuple[float, TargetUnreachable]] = {}

    @contextmanager
    def session(
        self, database: str | None = None, *, ended: Sequence[EndedLogin] | None = None
    ) -> Iterator[Session]:
        """Open a session there, or in the lock database.

        If the server answers but refuses the worker, the failure says why. `ended` are logins of grants that
        are over: if the lock table is full, or a catalog locked, their sessions end. Only a session that is
        given it, or an empty one, may hold entries of that table.
        """
        wanted = database or self.lock_database
        until, silent = self._silent.get(wanted, (0.0, None))
        if silent is not None and time.monotonic() < until:
            raise silent
        with ExitStack() as stack:
            try:
                opened = stack.enter_context(self._session(wanted, ended))
            except TargetUnreachable as failure:
                explained = self._explained(wanted, failure)
                if failure.code == NO_ANSWER and explained.code == DATABASE_CLOSED:
                    self._silent[wanted] = (time.monotonic() + _LEFT_ALONE_SECONDS, explained)
                raise explained from None
            yield opened

    @property
    def login(self) -> str:
        """Return the name of the worker's login; empty if its URL has none."""
        return str(self._address.get("user") or "")

    def log_in(self, recipe: Recipe, password: str, *, marker: str = "") -> None:
        """Log in as the recipe's login and out again, after a marked statement; raises `TargetFailure`."""
        if self._url is None:
            raise TargetUnreachable(f"{self.name} has no URL here.")
        log_in(self._url, recipe, password, self.timeouts, marker=marker)

    def version(self) -> int:
        """Return the version of PostgreSQL, also for a cluster that is not set up yet."""
        failure: TargetUnreachable | None = None
        for place in self._places():
            try:
                with self._session(place) as opened:
                    return opened.version
            except TargetUnreachable as refused:
                failure = failure or refused
                if refused.code == NO_ANSWER:
                    break
        raise failure or AssertionError("there is a place to ask in")

    @contextmanager
    def _session(self, database: str, ended: Sequence[EndedLogin] | None = None) -> Iterator[Session]:
        kept = database == self.lock_database
        connection, made_room = self._take(ended) if kept else (self._connect(database), [])
        try:
            yield Session(connection, self.name, made_room=made_room)
        finally:
            if kept:
                self._kept.give_back(connection)
            else:
                connection.close()

    def know_made(self, oids: Iterable[int]) -> None:
        """Remember the logins (by oid) that the worker made: where the lock table is full it cannot look."""
        self._made = frozenset(oids)

    def _take(self, ended: Sequence[EndedLogin] | None) -> Taken:
        hoarders = Hoarders(ended=ended or (), made=self._made)
        holds = self._holds_room and ended is not None
        full = (
            f"{self.name}: the server has no room for another lock. End the session that holds most of them."
        )
        failure = TargetFailure(full, code=LOCK_TABLE_FULL, touched=False)
        with suppress(FULL):
            try:
                return self._kept.take(self._connect_to_keep, hoarders, holds=holds)
            except psycopg.errors.LockNotAvailable:
                failure = catalog_locked(self.name)
        raise failure

    def _connect_to_keep(self, holds: bool) -> PatientConnection:  # noqa: FBT001 it is called as `Connect`
        connection = self._connect(self.lock_database, idle=IDLE_SECONDS)
        connection.usual_silence = min(self.timeouts.answer, 2 * self.timeouts.held)
        if not holds:
            return connection
        try:
            hold_entries(connection)
        except psycopg.Error as error:
            connection.close()
            code = code_of(error.sqlstate)
        else:
            return connection
        raise TargetUnreachable(f"{self.name} stopped to answer at the connection ({code}).", code=code)

    def _connect(self, database: str, *, idle: float = 0) -> PatientConnection:
        if self._url is None:
            raise TargetUnreachable(f"{self.name} has no URL here.")
        return connect(self._url, self.name, self.timeouts, database=database, idle=idle)

    def _explained(self, database: str, failure: TargetUnreachable) -> TargetUnreachable:
        """Return the failure with the reason of a refusal, read in a database that lets the worker in.

        libpq gives a refusal no SQLSTATE. If one database is silent, the workers' own shows whether the whole
        server is.
        """
        places = self._places()
        if failure.code == NO_ANSWER:
            places = [place for place in (self.lock_database,) if place != database]
        for place in places:
            try:
                with self._session(place) as opened:
                    return self._reason(database, opened.rows(statement("reaches"), [database])) or failure
            except TargetUnreachable as refused:
                if refused.code == NO_ANSWER:  # each further place would cost as much time
                    break
            except TargetFailure:
                break
        return failure

    def _places(self) -> list[str]:
        named = self._address.get("dbname")
        return list(dict.fromkeys([self.lock_database, *([str(named)] if named else []), *_OPEN_TO_MOST]))

    @property
    def _address(self) -> Mapping[str, object]:
        try:
            return conninfo_to_dict(self._url.get_secret_value() if self._url else "")
        except psycopg.ProgrammingError:  # the URL is invalid; the connection reports that
            return {}

    def _reason(self, database: str, rows: list[tuple[object, ...]]) -> TargetUnreachable | None:
        absent = f"{self.name} has no database {database}"
        if not rows and database == self.lock_database:
            why = f"{absent}, in which the workers take their lock. {_SETUP}"
            return TargetUnreachable(why, code=NO_LOCK_DATABASE)
        if not rows:
            return TargetUnreachable(f"{absent}.", code="no_database")
        ((open_to_all, may_connect, has_triggers),) = rows
        if not may_connect or (database == self.lock_database and not open_to_all):
            why = f"{self.name}: the worker's login may not connect to {database}. {_SETUP}"
            return TargetUnreachable(why, code=WORKER_CONNECT)
        if not open_to_all:
            why = f"{self.name}: {database} allows no connections. Allow them again: alter database."
            return TargetUnreachable(why, code=DATABASE_CLOSED)
        cause = _LOGIN_TRIGGERS if has_triggers else _LIMITS
        why = f"{self.name}: {database} does not let the worker in, and the server does elsewhere. {cause}"
        if database != self.lock_database:
            return TargetUnreachable(why, code=DATABASE_CLOSED)
        # Every end needs it, so its refusal concerns the whole cluster.
        return TargetUnreachable(why) if has_triggers else None

    def locked(self, work: Callable[[Session], Result], *, wait: LockWait | None = None) -> Result:
        """Run `work` under the lock and commit; on a conflict run it again in a new transaction.

        Raises `TargetFailure` `cluster_locked` if the lock is not free in time.
        """
        waiting = wait or LockWait(self.timeouts.lock)

        def under_lock(opened: Session) -> Result:
            waiting.take(opened)
            return work(opened)

        return self.persistently(under_lock)

    def locked_in(
        self, database: str, work: Callable[[Session], Result], *, wait: LockWait | None = None
    ) -> Result:
        """Do the same with the work's one transaction in that database.

        The lock is taken in the lock database, where all workers take it, and held by a second session until
        the work has committed. The server frees it after `held` seconds, whatever the work does: then the
        work is not committed, and this raises `TargetFailure`.
        """
        if database == self.lock_database:
            return self.locked(work, wait=wait)
        waiting = wait or LockWait(self.timeouts.lock)

        def within_limits(opened: Session) -> Result:
            limit_work(opened)
            return work(opened)

        def under_lock() -> Result:
            # The database first, so that a slow connection to it delays no one who waits for the lock.
            with self.session(database) as there, self.session() as lock:
                # Nothing extends the lock while the work runs: a thread that did would also do it for work
                # that hangs. The server ends idle work first (`stall`), then frees the lock.
                lock.rows(statement("hold_lock"), [int(self.timeouts.held * 1000)])
                waiting.take(lock)
                return _commit(nullcontext(there), within_limits, before=lambda: _make_sure(lock))

        return _again(under_lock)

    def persistently(self, work: Callable[[Session], Result], *, database: str | None = None) -> Result:
        """Do the same without the lock, in any database."""
        return _again(lambda: _commit(self.session(database), work))


def _commit(
    session_: AbstractContextManager[Session],
    work: Callable[[Session], Result],
    *,
    before: Callable[[], None] = lambda: None,
) -> Result:
    with session_ as opened:
        result = work(opened)
        before()
        opened.doing = "committing"
        opened.commit()
        return result


def _make_sure(lock: Session) -> None:
    """Raise if the lock's session is gone, and the lock with it."""
    lock.doing = "making sure of the cluster's lock"
    lock.rows(sql.SQL("select 1"))


def _again(once: Callable[[], Result]) -> Result:
    """Run again after a conflict that changed nothing."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return once()
        except TargetFailure as failure:
            if failure.code not in _TRY_AGAIN or failure.touched or attempt == _ATTEMPTS:
                raise
        time.sleep(random.uniform(0.02, 0.1) * attempt)  # noqa: S311 spreads retries, guards nothing
    raise AssertionError("the last attempt returns or raises")


def facts(opened: Session, *, alone: bool = False) -> ClusterFacts:
    """Return the facts; `alone`, with one answer of the server: no transaction may be open then."""
    ((identity, now),) = (opened.at_once if alone else opened.rows)(statement("facts"))
    return ClusterFacts(identity=identity, version=opened.version, now=now)


def is_of(recipe: Recipe, identity: str) -> bool:
    """Return whether the recipe is of the server with this identity, as far as it recorded one."""
    return recipe.cluster_identity in {"", identity}


def check_identity(recipe: Recipe, identity: str) -> None:
    """Raise `TargetFailure` if the URL now leads to another server than that of the recipe."""
    if not is_of(recipe, identity):
        raise TargetFailure(
            f"{recipe.cluster} is another server than this grant was made for. "
            "Point its URL to the server that it was made on.",
            code="other_cluster",
            touched=False,
        )
