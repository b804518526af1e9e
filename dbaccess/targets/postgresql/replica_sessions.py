"""Replicas: a session there goes on, and a new one can begin, until the end is replayed."""

import time
from collections.abc import Mapping, Sequence
from typing import Final

from dbaccess.domain.errors import TargetFailure
from dbaccess.targets.postgresql.cluster import Cluster, check_identity
from dbaccess.targets.postgresql.login import Membership, logins_of, memberships_by_login
from dbaccess.targets.postgresql.revocation_state import RevocationState, ended_logins
from dbaccess.targets.postgresql.terminate_at_once import note_closed, sweep_sessions, terminate_made
from dbaccess.targets.postgresql.transaction import Session

_PAUSE_SECONDS: Final = 0.01
# A replica that is down costs a connection's timeout. Ends do not pay it at each attempt.
_LEFT_ALONE_SECONDS: Final = 5.0


class Elsewhere:
    """Terminates sessions on the replicas of one cluster, and remembers briefly which did not answer."""

    def __init__(self) -> None:
        self._silent: dict[str, tuple[float, TargetFailure]] = {}

    def close(self, cluster: Cluster, revocations: Sequence[RevocationState], *, seconds: float) -> None:
        """Set for each revocation what was found on each replica, or why nothing is proved there."""
        closable = [e for e in revocations if e.closes_sessions and e.is_known]
        for name, replica in cluster.replicas.items() if closable else ():
            try:
                self._close_on(name, replica, closable, seconds)
            except TargetFailure as failure:
                self._silent[name] = (time.monotonic() + _LEFT_ALONE_SECONDS, failure)
                for revocation in closable:
                    revocation.unproved[name] = str(failure)

    def _close_on(
        self, name: str, replica: Cluster, revocations: Sequence[RevocationState], seconds: float
    ) -> None:
        until, failure = self._silent.get(name, (0.0, None))
        if failure is not None and time.monotonic() < until:
            raise failure
        self._silent.pop(name, None)
        with replica.session(ended=ended_logins(revocations)) as opened:
            note_closed(revocations, opened.made_room, server=name)
            opened.doing = "terminating sessions on the replica"
            for revocation in revocations:
                check_identity(revocation.recipe, opened.identity)
            # One of them may stop the replay of the end.
            terminate_made(opened, revocations, server=name)
            gone = _replayed(opened, revocations, seconds)
            sweep_sessions(opened, revocations, server=name, without_access=gone, seconds=seconds)
        for revocation in revocations:
            if revocation.oid in gone:
                revocation.unproved.pop(name, None)
            else:
                revocation.unproved[name] = f"replica {name} has not replayed the end"


def _replayed(opened: Session, revocations: Sequence[RevocationState], seconds: float) -> set[int]:
    """Return the logins (by oid) without access by this server's own catalog, as soon as all have none."""
    deadline = time.monotonic() + seconds
    while True:
        gone = _without_access(opened, [revocation for revocation in revocations if revocation.taken])
        opened.commit()
        if len(gone) == len({revocation.oid for revocation in revocations}) or time.monotonic() > deadline:
            return gone
        time.sleep(_PAUSE_SECONDS)


def _without_access(opened: Session, revocations: Sequence[RevocationState]) -> set[int]:
    found = logins_of(opened, [revocation.recipe for revocation in revocations]).by_oid
    held = memberships_by_login(opened, list(found))
    logins_open = {login.oid for login in found.values() if login.can_login}
    return {
        revocation.oid
        for revocation in revocations
        if revocation.oid is not None
        and not (revocation.oid in logins_open if revocation.is_ephemeral else _holds(revocation, held))
    }


def _holds(revocation: RevocationState, held: Mapping[int, list[Membership]]) -> bool:
    return any(m.usable and revocation.takes(m) for m in held[revocation.oid or 0])
