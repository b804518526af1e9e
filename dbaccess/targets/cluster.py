"""A cluster, and the one way to change its roles: one transaction, under one lock."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Final, TypeVar

from psycopg import sql
from pydantic import SecretStr

from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.domain.grant import Recipe
from dbaccess.ports import ClusterFacts
from dbaccess.targets.session import MAINTENANCE_DATABASE, Patience, Session, session
from dbaccess.targets.statement import statement

Result = TypeVar("Result")

# Tuple concurrently updated, deadlock, unique key of the same new row, lock timeout: others were in the way.
_TRY_AGAIN: Final = frozenset({"XX000", "40P01", "23505", "55P03"})
_ATTEMPTS: Final = 5


class Cluster:
    """Holds the worker's URL and never shows it."""

    def __init__(self, *, name: str, url: SecretStr, patience: Patience) -> None:
        self.name = name
        self.patience = patience
        self._url = url

    @contextmanager
    def session(self, database: str = MAINTENANCE_DATABASE) -> Iterator[Session]:
        """A session there; where the server lives and does not let the worker in, the failure says why."""
        with ExitStack() as stack:
            try:
                opened = stack.enter_context(self._session(database))
            except TargetUnreachable as failure:
                raise self._explained(database, failure) from None
            yield opened

    def _session(self, database: str) -> AbstractContextManager[Session]:
        return session(self._url, self.name, self.patience, database=database)

    def _explained(self, database: str, failure: TargetUnreachable) -> TargetUnreachable:
        """A refused connection has no SQLSTATE, so the reason is asked for where everybody may ask."""
        if database == MAINTENANCE_DATABASE:
            return failure
        try:
            with self._session(MAINTENANCE_DATABASE) as opened:
                rows = opened.rows(statement("reaches"), [database])
        except TargetFailure:
            return failure
        if not rows:
            return TargetUnreachable(f"{self.name} has no database {database}.", code="no_database")
        if rows != [(True,)]:
            why = f"{self.name}: the worker's login may not connect to {database}."
            return TargetUnreachable(
                f"{why} Run what `dbaccess targets setup-sql` prints.", code="worker_connect"
            )
        return failure

    def locked(self, work: Callable[[Session], Result]) -> Result:
        """What `work` returns, committed; run again, in a new transaction, where others were in the way."""

        def under_lock(opened: Session) -> Result:
            opened.doing = "waiting for the cluster's lock"
            opened.rows(statement("lock"))
            return work(opened)

        return self.persistently(under_lock)

    def locked_in(self, database: str, work: Callable[[Session], Result]) -> Result:
        """The same with the work's one transaction in that database.

        The lock is where everybody looks for it, held by a second session until the work has committed.
        """
        if database == MAINTENANCE_DATABASE:
            return self.locked(work)

        def under_lock() -> Result:
            with self.session() as lock:
                lock.doing = "waiting for the cluster's lock"
                # It idles while the work is done: a client that stalls loses the work's session first.
                lock.rows(statement("hold_lock"), [int(self.patience.statement * 1000)])
                lock.rows(statement("lock"))
                return _commit(self.session(database), work, before=lambda: _make_sure(lock))

        return _again(under_lock)

    def persistently(
        self, work: Callable[[Session], Result], *, database: str = MAINTENANCE_DATABASE
    ) -> Result:
        """The same without the lock, in any database."""
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
    """Raises where the lock's session is gone, and the lock with it."""
    lock.doing = "making sure of the cluster's lock"
    lock.rows(sql.SQL("select 1"))


def _again(once: Callable[[], Result]) -> Result:
    """Run again where others were in the way and nothing was changed."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return once()
        except TargetFailure as failure:
            if failure.code not in _TRY_AGAIN or failure.touched or attempt == _ATTEMPTS:
                raise
        time.sleep(random.uniform(0.02, 0.1) * attempt)  # noqa: S311 spreads retries, guards nothing
    raise AssertionError("the last attempt returns or raises")


def facts(opened: Session) -> ClusterFacts:
    identity, now = opened.row(statement("facts"))
    return ClusterFacts(identity=identity, version=opened.version, now=now)


def check_identity(recipe: Recipe, identity: str) -> None:
    """Raises `TargetFailure` where the URL now leads to another server than the recipe was made for."""
    if recipe.cluster_identity not in {"", identity}:
        raise TargetFailure(
            f"{recipe.cluster} is another server than this grant was made for. "
            "Point its URL to the server that it was made on.",
            code="other_cluster",
            touched=False,
        )
