"""The cut-off of access: no lock keeps a session alive, and no grant waits for another one's lock."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.receipt import PRIMARY
from dbaccess.ports import HeldElsewhere
from dbaccess.targets.postgresql.cluster import Cluster
from dbaccess.targets.postgresql.disable_logins import find_logins, withdraw
from dbaccess.targets.postgresql.isolation import chunks, isolated
from dbaccess.targets.postgresql.lock_wait import LockWait
from dbaccess.targets.postgresql.prepared_transactions import roll_back_prepared
from dbaccess.targets.postgresql.replica_sessions import Elsewhere
from dbaccess.targets.postgresql.revocation_state import RevocationState, ended_logins
from dbaccess.targets.postgresql.session_sweep import SessionSweep
from dbaccess.targets.postgresql.terminate_at_once import (
    note_closed,
    sweep_sessions,
    terminate_known,
    terminate_made,
)
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


def cut_off_access(
    cluster: Cluster, revocations: Sequence[RevocationState], *, elsewhere: HeldElsewhere, cutting: Cutting
) -> SessionSweep:
    """Cut off all access.

    Sessions end first, because one may hold a lock that the next step needs, and again after it. Each answer
    of a distant server takes long, so the first pass only looks for logins that no grant recorded.
    A revocation that is not cut off gets a `failure`. Returns the sweep, for another look.
    """
    wait = LockWait(cutting.lock)
    with cluster.session(ended=ended_logins(revocations)) as opened:
        note_closed(revocations, opened.made_room, server=PRIMARY)
        isolated(revocations, lambda some: terminate_known(opened, some, server=PRIMARY))
        left = [revocation for revocation in revocations if not revocation.failure]
        _terminate_found(opened, [one for one in left if one.is_ephemeral and not one.has_recorded_login])
        for number in range(_PASSES):
            if number:
                _terminate_found(opened, left)
            for some in chunks(left, _AT_ONCE):
                _in_transaction(opened, some, lambda several: _withdraw(opened, several, elsewhere, wait))
            taken = [revocation.oid for revocation in revocations if revocation.taken and revocation.oid]
            sweep = sweep_sessions(
                opened, revocations, server=PRIMARY, without_access=taken, seconds=cutting.sessions
            )
            # They may hold the locks that the next pass needs, and outlive a grant that has lost its access.
            roll_back_prepared(cluster, opened, left)
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


def _terminate_found(opened: Session, revocations: Sequence[RevocationState]) -> None:
    """Look for the logins, and end their sessions; of one that is gone, sessions may be left."""
    _in_transaction(opened, revocations, lambda some: find_logins(opened, some))
    terminate_made(opened, [one for one in revocations if not one.failure], server=PRIMARY)


def _withdraw(
    opened: Session, revocations: Sequence[RevocationState], elsewhere: HeldElsewhere, wait: LockWait
) -> None:
    wait.take(opened)
    withdraw(opened, revocations, elsewhere)
