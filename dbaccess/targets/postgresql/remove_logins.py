"""The last step of an end: the login that was made for the grant goes."""

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
from dbaccess.targets.postgresql.ownership import hand_over
from dbaccess.targets.postgresql.revocation_state import Ending
from dbaccess.targets.postgresql.session import Session
from dbaccess.targets.postgresql.statement import statement

# Each DROP ROLE takes locks, which `max_locks_per_transaction` bounds.
_AT_ONCE: Final = 50
# The cluster's lock is held meanwhile, and a worker that takes access away waits for it only briefly. Where
# there are thousands of logins each drop is slow, and few are dropped at once.
_SECONDS: Final = 0.3
_FEWEST: Final = 5


def remove_logins(
    cluster: Cluster, endings: Sequence[Ending], *, heir: str, spare: Spare, wait: LockWait
) -> None:
    """Each login is dropped, or its `failure` says why it is kept, closed."""
    there = [ending for ending in endings if ending.login]
    if not there:
        return
    databases = databases_of(cluster, there)
    for ending in there:
        owning = databases.get(ending.oid or 0, [])
        if owning:
            isolated([ending], partial(_hand_over, cluster, owning, heir, spare))
    left = [ending for ending in there if not ending.failure]
    batch = Batch(seconds=_SECONDS, first=_AT_ONCE, least=_FEWEST, most=_AT_ONCE)
    while left:
        some, left = left[: batch.begin()], left[batch.size :]
        isolated(some, partial(_drop, cluster, spare, wait))
        batch.end(len(some))


def databases_of(cluster: Cluster, endings: Sequence[Ending]) -> dict[int, list[str]]:
    """For each login the databases that name it; what belongs to none of them is settled from any."""
    if not endings:
        return {}
    with cluster.session() as opened:
        opened.doing = "looking for what the logins own"
        rows = opened.rows(statement("dependents"), [[ending.oid for ending in endings]])
    found: dict[int, set[str]] = defaultdict(set)
    for oid, database in rows:
        found[oid].add(database or cluster.lock_database)  # its own may have been renamed or dropped since
    return {oid: sorted(names) for oid, names in found.items()}


def _hand_over(
    cluster: Cluster, databases: list[str], heir: str, spare: Spare, endings: Sequence[Ending]
) -> None:
    for ending in endings:
        act_as = ending.recipe.act_as
        if ending.login:
            made = hand_over(
                cluster, ending.login, databases, heir=act_as or heir, durable=bool(act_as), spare=spare
            )
            if made:
                ending.did(EndProgress(handed_over=frozenset(made)))


def _drop(cluster: Cluster, spare: Spare, wait: LockWait, endings: Sequence[Ending]) -> None:
    cluster.locked(lambda opened: _drop_in(opened, spare, endings), wait=wait)


def _drop_in(opened: Session, spare: Spare, endings: Sequence[Ending]) -> None:
    opened.doing = "dropping logins"
    found = logins_of(opened, [ending.recipe for ending in endings])
    names = []
    for ending in endings:
        login = ending_login(ending.recipe, found)
        if login is not None and (login.oid != ending.oid or login.can_login):
            raise TargetFailure(
                f"{ending.recipe.cluster}: {login.name} changed while its grant was ending.",
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
