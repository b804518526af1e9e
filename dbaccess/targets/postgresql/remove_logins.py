"""The last step of an end: the drop of the login that was made for the grant."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Final

from psycopg import sql

from dbaccess.domain.batch import Batch
from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.isolation import isolated
from dbaccess.targets.postgresql.lock_budget import Spare
from dbaccess.targets.postgresql.lock_wait import LockWait
from dbaccess.targets.postgresql.login import ending_login, logins_of
from dbaccess.targets.postgresql.ownership import reassign_owned
from dbaccess.targets.postgresql.revocation_state import RevocationState
from dbaccess.targets.postgresql.session import Session
from dbaccess.targets.postgresql.statement import statement

# Each DROP ROLE takes locks, which `max_locks_per_transaction` bounds.
_AT_ONCE: Final = 50
# The cluster's lock is held meanwhile, and a worker that cuts access off waits for it only briefly. With
# thousands of logins each drop is slow, so few are dropped at once.
_SECONDS: Final = 0.3
_FEWEST: Final = 5


def remove_logins(
    cluster: Cluster, revocations: Sequence[RevocationState], *, heir: str, spare: Spare, wait: LockWait
) -> None:
    """Drop each login, or set a `failure` that says why it is kept, disabled."""
    there = [revocation for revocation in revocations if revocation.login]
    if not there:
        return
    databases = databases_of(cluster, there)
    for revocation in there:
        owning = databases.get(revocation.oid or 0, [])
        if owning:
            isolated([revocation], partial(_hand_over, cluster, owning, heir, spare))
    left = [revocation for revocation in there if not revocation.failure]
    batch = Batch(seconds=_SECONDS, first=_AT_ONCE, least=_FEWEST, most=_AT_ONCE)
    while left:
        some, left = left[: batch.begin()], left[batch.size :]
        isolated(some, partial(_drop, cluster, spare, wait))
        batch.end(len(some))


def databases_of(cluster: Cluster, revocations: Sequence[RevocationState]) -> dict[int, list[str]]:
    """Return for each login the databases that name it; shared objects are handled from any database."""
    if not revocations:
        return {}
    with cluster.session() as opened:
        opened.doing = "looking for what the logins own"
        rows = opened.rows(statement("dependents"), [[revocation.oid for revocation in revocations]])
    found: dict[int, set[str]] = defaultdict(set)
    for oid, database in rows:
        found[oid].add(database or cluster.lock_database)  # its own may have been renamed or dropped since
    return {oid: sorted(names) for oid, names in found.items()}


def _hand_over(
    cluster: Cluster, databases: list[str], heir: str, spare: Spare, revocations: Sequence[RevocationState]
) -> None:
    for revocation in revocations:
        act_as = revocation.recipe.act_as
        if revocation.login:
            made = reassign_owned(
                cluster, revocation.login, databases, heir=act_as or heir, durable=bool(act_as), spare=spare
            )
            if made:
                revocation.did(EndProgress(handed_over=frozenset(made)))


def _drop(cluster: Cluster, spare: Spare, wait: LockWait, revocations: Sequence[RevocationState]) -> None:
    cluster.locked(lambda opened: _drop_in(opened, spare, revocations), wait=wait)


def _drop_in(opened: Session, spare: Spare, revocations: Sequence[RevocationState]) -> None:
    opened.doing = "dropping logins"
    found = logins_of(opened, [revocation.recipe for revocation in revocations])
    names = []
    for revocation in revocations:
        login = ending_login(revocation.recipe, found)
        if login is not None and (login.oid != revocation.oid or login.can_login):
            raise TargetFailure(
                f"{revocation.recipe.cluster}: {login.name} changed while its grant was ending.",
                code="foreign_login",
                touched=True,
            )
        if login is not None:
            names.append(login.name)
    if names:
        with spare.waiting(opened):
            opened.rows(
                sql.SQL("drop role {}").format(sql.SQL(", ").join(map(sql.Identifier, sorted(names))))
            )
