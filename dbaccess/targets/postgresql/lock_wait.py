"""How long one call may wait for the cluster's lock, and how long it may hold it."""

from typing import Final

from psycopg import sql

from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.lock_budget import LOCK_NOT_AVAILABLE
from dbaccess.targets.postgresql.statement import statement
from dbaccess.targets.postgresql.transaction import Session

CLUSTER_LOCKED: Final = "cluster_locked"
_SHORTEST_MS: Final = 1  # 0 would wait for ever

# Other ends wait for the cluster's lock. So its owner hardly waits for a row or object that another
# transaction has locked, and retries. A holder can lock the row of their own login and then request a
# password. No statement runs for long either, because it would go on after its process was stopped.
_LIMITS: Final = sql.SQL("set local lock_timeout = '100ms'; set local statement_timeout = {}")
# The server ends a statement under the lock, and a silence of ours. A silent path tells us of neither.
_ANSWER_SECONDS: Final = 0.5
_ONE_STATEMENT: Final = 0.75
_WHOLE: Final = sql.SQL("set local transaction_timeout = {}")
_HAS_TRANSACTION_TIMEOUT: Final = 17


class LockWait:
    """A limit for the call: each of its transactions waits `seconds` at most.

    After one has waited in vain, the others take the lock only if it is free.
    """

    def __init__(self, seconds: float) -> None:
        self._milliseconds = max(_SHORTEST_MS, int(1000 * seconds))

    def take(self, opened: Session) -> None:
        """Take the cluster's lock for the transaction, and limit each later statement in it.

        Raises `TargetFailure` `cluster_locked` if the lock is not free in time. The code differs from the
        server's, so that the same work is not retried at once.
        """
        opened.doing = "waiting for the cluster's lock"
        wait = sql.SQL("set local lock_timeout = {}").format(sql.Literal(self._milliseconds))
        opened.answers_within(self._milliseconds / 1000 + opened.timeouts.held)
        try:
            opened.rows(sql.SQL("; ").join([wait, statement("lock"), _LIMITS.format(_held(opened))]))
        except TargetFailure as failure:
            if failure.code != LOCK_NOT_AVAILABLE:
                raise
            text = str(failure)
        else:
            _answers_in_time(opened)
            return
        self._milliseconds = _SHORTEST_MS
        raise TargetFailure(
            f"{text} Other changes to this cluster's roles have not ended in time.",
            code=CLUSTER_LOCKED,
            touched=False,
        )


def limit_work(opened: Session) -> None:
    """Limit the transaction of work for which another session holds the cluster's lock.

    From PostgreSQL 17 on the server ends all of it about when it frees the lock. Before, it ends a statement
    or a silence that is too long, and the check before the commit does the rest. A single statement ends
    earlier: with the whole transaction its cause would be lost.
    """
    opened.rows(_LIMITS.format(_held(opened, _ONE_STATEMENT)))
    _answers_in_time(opened)
    if opened.version >= _HAS_TRANSACTION_TIMEOUT:
        opened.rows(_WHOLE.format(_held(opened)))


def _answers_in_time(opened: Session) -> None:
    opened.answers_within(min(opened.timeouts.held, opened.timeouts.statement) + _ANSWER_SECONDS)


def _held(opened: Session, part: float = 1.0) -> sql.Literal:
    return sql.Literal(int(1000 * min(part * opened.timeouts.held, opened.timeouts.statement)))
