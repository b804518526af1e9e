"""Repeated cut-off of late grants until each has ended."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from dbaccess.domain.batch import MOST
from dbaccess.domain.grant import GrantId
from dbaccess.domain.overdue import Late
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants.claim import FEW
from dbaccess.operations.grants.revoke import cut_off

LATE = timedelta(seconds=1)

STUCK_AFTER, MANY_STUCK_AFTER = 1.0, 3.0
"""Seconds without progress, with few late grants and with many: a worker that makes progress is left alone.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The late grants of a cluster, with the times since when the first and the count are unchanged."""

    late: Late
    first_since: float
    many_since: float

    @classmethod
    def now(cls, late: Late, before: Self | None) -> Self:
        now = time.monotonic()
        same = before is not None and before.late.first == late.first
        fewer = before is None or late.count < before.late.count
        return cls(
            late=late,
            first_since=before.first_since if before is not None and same else now,
            many_since=now if before is None or fewer else before.many_since,
        )

    def to_take(self, most: int) -> int:
        """Return how many the watch takes: none, a few if only the first is stuck, or as many as it may."""
        now = time.monotonic()
        after = STUCK_AFTER if self.late.count <= FEW else MANY_STUCK_AFTER
        if now - self.first_since < after:
            return 0
        return FEW if now - self.many_since < after else most


@dataclass(slots=True)
class Watch:
    """Cuts off grants that `drain` has not ended; run it once a second while a grant is late.

    It takes no lock and no lease. So neither a row that stays locked, nor a worker that hangs, nor a wait
    before the next attempt keeps a session alive. The intent of such an end is already in the ledger.
    """

    batch: int = MOST
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _reached: set[str] = field(default_factory=set)
    _after: dict[str, GrantId] = field(default_factory=dict)

    def stuck(self, late: Mapping[str, Late]) -> dict[str, int]:
        """Return the clusters with a stuck late grant, and how many grants to take there at once."""
        self._seen = {cluster: _Seen.now(one, self._seen.get(cluster)) for cluster, one in late.items()}
        found = {cluster: seen.to_take(self.batch) for cluster, seen in self._seen.items()}
        return {cluster: limit for cluster, limit in found.items() if limit}

    def look(self, context: WorkerContext, cluster: str, limit: int | None = None) -> None:
        """Cut off the late grants of the cluster, except where a lock of others prevents it.

        Without a `limit` below `batch`, rounds take turns through all late grants. When the cluster answers
        again, everything that waits for it is due.
        """
        limit = limit or self.batch
        after = self._after.pop(cluster, GrantId(0)) if limit == self.batch else GrantId(0)
        with context.begin() as uow:
            late = uow.grants.late(cluster, uow.now - LATE, after=after, limit=limit)
        if not late:
            return
        if len(late) == limit == self.batch:
            self._after[cluster] = late[-1].id  # if many are stuck, each round takes the next of them
        _, reached = cut_off(context, cluster, late)
        if not reached:
            self._reached.discard(cluster)
        elif cluster not in self._reached:
            with context.begin() as uow:
                uow.grants.hurry(cluster, uow.now)
                uow.commit()
            self._reached.add(cluster)
