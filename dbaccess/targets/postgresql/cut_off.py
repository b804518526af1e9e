"""The cut-off of access: no lock keeps a session alive, and no grant waits for another one's lock."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.receipt import PRIMARY
from dbaccess.ports import OwedElsewhere
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.disable_logins import find_logins, withdraw
from dbaccess.targets.postgresql.isolation import chunks, isolated
from dbaccess.targets.postgresql.lock_wait import LockWait
from dbaccess.targets.postgresql.prepared_transactions import roll_back_prepared
from dbaccess.targets.postgresql.replica_sessions import Elsewhere
from dbaccess.targets.postgresql.revocation_state import RevocationState, ended_logins
from dbaccess.targets.postgresql.terminate_batch import (
    note_closed,
    sweep_sessions,
    terminate_known,
    terminate_made,
)
from dbaccess.targets.postgresql.terminate_sessions import Sweep
from dbaccess.targets.postgresql.transaction import Session

# The cluster's lock is held for so many at a time, so that others get it in between during a storm.
_AT_ONCE: Final = 100
_PASSES: Final = 2


@dataclass(slots=True, kw_only=True)
class Cutting:
    """Limits in seconds: for one call's wait for the cluster's lock, and one pass's wait for sessions."""

    lock: float
    sessions: float
    elsewhere: Elsewhere


def cut(
    cluster: Cluster, revocations: Sequence[RevocationState], *, owed: OwedElsewhere, cutting: Cutting
) -> Sweep:
    """Cut off all access.

    Sessions end first, because one may hold a lock that the next step needs, and again after it.
    A revocation whose access is not cut off gets a `failure`. Returns the sweep, for another look.
    """
    wait = LockWait(cutting.lock)
    with cluster.session(ended=ended_logins(revocations)) as opened:
        note_closed(revocations, opened.made_room, server=PRIMARY)
        _in_transaction(opened, revocations, lambda some: _find_and_terminate(opened, some))
        left = [revocation for revocation in revocations if not revocation.failure]
        for number in range(_PASSES):
            if number:
                terminate_made(opened, left, server=PRIMARY)
            roll_back_prepared(cluster, opened, left)  # they hold locks that the next step needs
            for some in chunks(left, _AT_ONCE):
                _in_transaction(opened, some, lambda several: _withdraw(opened, several, owed, wait))
            taken = [revocation.oid for revocation in revocations if revocation.taken and revocation.oid]
            sweep = sweep_sessions(
                opened, revocations, server=PRIMARY, without_access=taken, seconds=cutting.sessions
            )
            left = [revocation for revocation in left if revocation.is_known and not revocation.taken]
            if not left:
                break
    cutting.elsewhere.close(cluster, revocations, seconds=cutting.sessions)
    return sweep


def _in_transaction(
    opened: Session, revocations: Sequence[RevocationState], work: Callable[[Sequence[RevocationState]], None]
) -> None:
    def committed(some: Sequence[RevocationState]) -> None:
        try:
            work(some)
            opened.doing = "committing"
            opened.commit()
        except BaseException:
            with suppress(TargetFailure):  # the connection is gone, and the transaction with it
                opened.rollback()
            raise

    isolated(revocations, committed)


def _find_and_terminate(opened: Session, revocations: Sequence[RevocationState]) -> None:
    """End the sessions first; those of logins that have to be looked for end with that look."""
    terminate_known(opened, revocations, server=PRIMARY)
    find_logins(opened, revocations)
    # A login without a recorded oid was just found by its mark; of one that is gone, sessions may be left.
    looked_for = [one for one in revocations if not (one.has_recorded_login and one.login)]
    terminate_made(opened, [one for one in looked_for if not one.failure], server=PRIMARY)


def _withdraw(
    opened: Session, revocations: Sequence[RevocationState], owed: OwedElsewhere, wait: LockWait
) -> None:
    wait.take(opened)
    withdraw(opened, revocations, owed)
