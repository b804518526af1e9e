"""Grants that are late are cut off again and again, until each has ended."""

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
"""Seconds in which nothing gets on, of few that are late and of many: a worker that gets on is left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was late on a cluster; since when the first one has been the same, and since when no fewer."""

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
        """How many the watch is to take: none, few where only the first is stuck, or as many as it may."""
        now = time.monotonic()
        after = STUCK_AFTER if self.late.count <= FEW else MANY_STUCK_AFTER
        if now - self.first_since < after:
            return 0
        return FEW if now - self.many_since < after else most


@dataclass(slots=True)
class Watch:
    """Looks after what `drain` has not brought to an end; run it once a second where something is late.

    It takes no lock and no lease: a row that somebody keeps locked, a worker that hangs or a wait before the
    next attempt keeps no session alive. The end of such a grant is in the ledger already.
    """

    batch: int = MOST
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _reached: set[str] = field(default_factory=set)
    _after: dict[str, GrantId] = field(default_factory=dict)

    def stuck(self, late: Mapping[str, Late]) -> dict[str, int]:
        """Return the clusters on which a late grant is stuck, and how many grants a look there is to take."""
        self._seen = {cluster: _Seen.now(one, self._seen.get(cluster)) for cluster, one in late.items()}
        found = {cluster: seen.to_take(self.batch) for cluster, seen in self._seen.items()}
        return {cluster: limit for cluster, limit in found.items() if limit}

    def look(self, context: WorkerContext, cluster: str, limit: int | None = None) -> None:
        """Whoever is late on the cluster has lost access, wherever no foreign lock is in the way.

        Without a `limit` below `batch`, looks take turns through all that are late. Where the cluster answers
        again, everything that waits for it is due.
        """
        limit = limit or self.batch
        after = self._after.pop(cluster, GrantId(0)) if limit == self.batch else GrantId(0)
        with context.begin() as uow:
            late = uow.grants.late(cluster, uow.now - LATE, after=after, limit=limit)
        if not late:
            return
        if len(late) == limit == self.batch:
            self._after[cluster] = late[-1].id  # where many are stuck, each look takes the next of them
        _, reached = cut_off(context, cluster, late)
        if not reached:
            self._reached.discard(cluster)
        elif cluster not in self._reached:
            with context.begin() as uow:
                uow.grants.hurry(cluster, uow.now)
                uow.commit()
            self._reached.add(cluster)
