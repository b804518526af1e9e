"""Grants that are late are cut off again and again, until each has ended."""

from dataclasses import dataclass, field
from datetime import timedelta

from dbaccess.domain.grant import GrantId
from dbaccess.operations.claim import BATCH
from dbaccess.operations.hands import Hands
from dbaccess.operations.revoke import cut_off

LATE = timedelta(seconds=2)


@dataclass(slots=True)
class Watch:
    """Looks after what `drain` has not brought to an end; run it once a second where something is late.

    It takes no lock and no lease: a row that somebody keeps locked, a worker that hangs or a wait before the
    next attempt keeps no session alive. The end of such a grant is in the ledger already.
    """

    batch: int = BATCH
    _reached: set[str] = field(default_factory=set)
    _after: dict[str, GrantId] = field(default_factory=dict)

    def look(self, hands: Hands, cluster: str) -> None:
        """Whoever is late on the cluster has lost access, wherever no foreign lock is in the way.

        Where the cluster answers again, everything that waits for it is due.
        """
        with hands.begin() as uow:
            late = uow.grants.late(
                cluster, uow.now - LATE, after=self._after.pop(cluster, GrantId(0)), limit=self.batch
            )
        if not late:
            return
        if len(late) == self.batch:
            self._after[cluster] = late[-1].id  # where many are stuck, each look takes the next of them
        if not cut_off(hands, cluster, late):
            self._reached.discard(cluster)
        elif cluster not in self._reached:
            with hands.begin() as uow:
                uow.grants.hurry(cluster, uow.now)
                uow.commit()
            self._reached.add(cluster)
