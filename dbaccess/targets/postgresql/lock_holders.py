"""The transactions that hold a lock which an end waited for in vain."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.foreign_privileges import some_named
from dbaccess.targets.postgresql.lock_budget import LOCKED
from dbaccess.targets.postgresql.revocation_state import RevocationState
from dbaccess.targets.postgresql.statement import statement

_NOT_NAMED: Final = "No such transaction is open now."


def name_lock_holders(cluster: Cluster, revocations: Sequence[RevocationState]) -> None:
    """Name in each failure for a lock the open transactions that may hold it, as far as they are seen now."""
    locked = [one for one in revocations if one.failure and one.failure.code == LOCKED]
    if not locked:
        return
    holders: list[str] = []
    with suppress(TargetFailure), cluster.session() as opened:  # the failure stays as it is
        opened.doing = "looking for who holds the lock"
        holders = [_said(*row) for row in opened.at_once(statement("lock_holders"))]
    said = f"Open now: {'; '.join(some_named(holders))}." if holders else _NOT_NAMED
    for revocation in locked:
        failure = revocation.failure
        if failure:
            revocation.failure = TargetFailure(f"{failure} {said}", code=LOCKED, touched=failure.touched)


def _said(pid: str, gid: str, role: str, database: str, since: str) -> str:
    what = f"session {pid}" if pid else f"prepared transaction '{gid}'"
    return f"{what} of {role} in {database}{since}"
