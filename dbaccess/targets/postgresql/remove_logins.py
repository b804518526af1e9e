"""The last step of an end: the drop of the login that was made for the grant."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from psycopg import sql

from dbaccess.domain.batch import Batch
from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.foreign_privileges import keepers
from dbaccess.targets.postgresql.isolation import isolated
from dbaccess.targets.postgresql.lock_budget import Spare
from dbaccess.targets.postgresql.lock_wait import LockWait
from dbaccess.targets.postgresql.login import ending_login, logins_of
from dbaccess.targets.postgresql.ownership import reassign_owned
from dbaccess.targets.postgresql.revocation_state import RevocationState
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

# Each DROP ROLE takes locks, which `max_locks_per_transaction` bounds.
_AT_ONCE: Final = 50
# The cluster's lock is held meanwhile, and a worker that cuts access off waits for it only briefly. With
# thousands of logins each drop is slow, so few are dropped at once.
_SECONDS: Final = 0.3
_FEWEST: Final = 5
_NAMED_ELSEWHERE: Final = "2BP01"


def remove_logins(
    cluster: Cluster, revocations: Sequence[RevocationState], *, heir: str, spare: Spare, wait: LockWait
) -> None:
    """Drop each login, or set `kept_by` to what others gave it, or a `failure` that says why it is kept.

    A login that is kept is disabled.
    """
    there = [revocation for revocation in revocations if revocation.login]
    if not there:
        return
    databases = databases_of(cluster, there)
    named = [revocation for revocation in there if revocation.oid in databases]
    for revocation in named:
        isolated([revocation], partial(_hand_over, cluster, databases[revocation.oid or 0], heir, spare))
    _find_keepers(cluster, [revocation for revocation in named if not revocation.failure])
    left = [revocation for revocation in there if not revocation.failure and not revocation.kept_by]
    batch = Batch(seconds=_SECONDS, first=_AT_ONCE, least=_FEWEST, most=_AT_ONCE)
    while left:
        some, left = left[: batch.begin()], left[batch.size :]
        isolated(some, partial(_drop, cluster, spare, wait))
        batch.end(len(some))
    # Another role gave them something after the look.
    _find_keepers(cluster, [one for one in there if one.failure and one.failure.code == _NAMED_ELSEWHERE])


def databases_of(
    cluster: Cluster, revocations: Sequence[RevocationState]
) -> Mapping[int, Mapping[str, bool]]:
    """Return for each login the databases that name it, and whether it owns objects there that could be lost.

    Shared objects are handled from any database.
    """
    if not revocations:
        return {}
    with cluster.session() as opened:
        opened.doing = "looking for what the logins own"
        rows = opened.rows(statement("dependents"), [[revocation.oid for revocation in revocations]])
    found: dict[int, dict[str, bool]] = defaultdict(dict)
    for oid, database, owns in rows:
        # Its own database may have been renamed or dropped since.
        name = database or cluster.lock_database
        found[oid][name] = owns or found[oid].get(name, False)
    return {oid: dict(sorted(names.items())) for oid, names in found.items()}


def _find_keepers(cluster: Cluster, revocations: Sequence[RevocationState]) -> None:
    databases = databases_of(cluster, revocations)

    def find(some: Sequence[RevocationState]) -> None:
        for revocation in some:
            there = databases.get(revocation.oid or 0, {})
            if revocation.login and there and not any(there.values()):  # its objects have to go first
                revocation.kept_by = keepers(cluster, revocation.login, list(there))
                revocation.failure = None if revocation.kept_by else revocation.failure

    for revocation in revocations:
        isolated([revocation], find)


def _hand_over(
    cluster: Cluster,
    databases: Mapping[str, bool],
    heir: str,
    spare: Spare,
    revocations: Sequence[RevocationState],
) -> None:
    for revocation in revocations:
        act_as = revocation.recipe.act_as
        if revocation.login:
            reassign_owned(
                cluster,
                revocation.login,
                databases,
                heir=act_as or heir,
                durable=bool(act_as),
                lend=() if act_as else revocation.recipe.roles,
                spare=spare,
                note=partial(_note, revocation),
            )


def _note(revocation: RevocationState, made: set[str]) -> None:
    """At once: what was handed over in one database is in the receipt, whatever happens in the next one."""
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
