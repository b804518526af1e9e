"""Grants that are late are cut off again and again, until each has ended."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from dbaccess.domain.batch import MOST
from dbaccess.domain.grant import GrantId
from dbaccess.operations.claim import FEW
from dbaccess.operations.hands import Hands
from dbaccess.operations.revoke import cut_off

LATE = timedelta(seconds=1)

STUCK_AFTER, MANY_STUCK_AFTER = 1.0, 3.0
"""Seconds in which not one fewer is late, of few and of many: a worker that gets on is left alone."""


@dataclass(slots=True)
class Watch:
    """Looks after what `drain` has not brought to an end; run it once a second where something is late.

    It takes no lock and no lease: a row that somebody keeps locked, a worker that hangs or a wait before the
    next attempt keeps no session alive. The end of such a grant is in the ledger already.
    """

    batch: int = MOST
    _late: dict[str, tuple[int, float]] = field(default_factory=dict)
    """By cluster: how many were late, and when that number last fell."""
    _reached: set[str] = field(default_factory=set)
    _after: dict[str, GrantId] = field(default_factory=dict)

    def stuck(self, late: Mapping[str, int]) -> list[str]:
        """Return the clusters on which as many are late as `STUCK_AFTER` ago."""
        now = time.monotonic()
        known = self._late
        self._late = {
            cluster: (count, known[cluster][1] if cluster in known and count >= known[cluster][0] else now)
            for cluster, count in late.items()
        }
        return [
            cluster
            for cluster, (count, since) in self._late.items()
            if now - since >= (STUCK_AFTER if count <= FEW else MANY_STUCK_AFTER)
        ]

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
        _, reached = cut_off(hands, cluster, late)
        if not reached:
            self._reached.discard(cluster)
        elif cluster not in self._reached:
            with hands.begin() as uow:
                uow.grants.hurry(cluster, uow.now)
                uow.commit()
            self._reached.add(cluster)
