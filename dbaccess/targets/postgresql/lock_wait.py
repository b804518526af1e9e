"""The time that one call may wait for the cluster's lock."""

from typing import Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.lock_budget import LOCK_NOT_AVAILABLE
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

CLUSTER_LOCKED: Final = "cluster_locked"
_SHORTEST_MS: Final = 1  # 0 would wait for ever


class LockWait:
    """A limit for the call: each of its transactions waits `seconds` at most.

    After one has waited in vain, the others take the lock only if it is free.
    """

    def __init__(self, seconds: float) -> None:
        self._milliseconds = max(_SHORTEST_MS, int(1000 * seconds))

    def take(self, opened: Session) -> None:
        """Take the cluster's lock for the transaction; raises `TargetFailure` `cluster_locked`.

        The code differs from the server's, so that the same work is not retried at once.
        """
        opened.doing = "waiting for the cluster's lock"
        opened.rows(sql.SQL("set local lock_timeout = {}").format(sql.Literal(self._milliseconds)))
        try:
            opened.rows(statement("lock"))
        except TargetFailure as failure:
            if failure.code != LOCK_NOT_AVAILABLE:
                raise
            text = str(failure)
        else:
            return
        self._milliseconds = _SHORTEST_MS
        raise TargetFailure(
            f"{text} Other changes to this cluster's roles have not ended in time.",
            code=CLUSTER_LOCKED,
            touched=False,
        )
