"""The use of a grant: sessions that the workers see on its target, and the times of its statements."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from dbaccess.domain.grant import Grant, GrantId

WATCHED: Final = timedelta(minutes=2)
"""How long a look at sessions tells of the present. A longer time without a look may hide a session."""

CLIENTS_KEPT: Final = 20
"""The client addresses that are kept of one grant."""

_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSessions:
    """The sessions of one login on all servers of a cluster, and the addresses that they come from."""

    count: int
    clients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """The last look at the sessions of a grant, and what the looks before it have shown.

    `clients` are the addresses of all looks. `quiet_since` is the first of the looks in a row, without a hole
    of `WATCHED`, that showed no session; None while there is one. `offered_at` is when the holder was told
    that the grant is idle, in the present idle time.
    """

    grant_id: GrantId
    looked_at: datetime
    sessions: int
    clients: tuple[str, ...] = ()
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    quiet_since: datetime | None = None
    offered_at: datetime | None = None


def next_sighting(
    before: Sighting | None, grant_id: GrantId, found: OpenSessions, *, now: datetime
) -> Sighting:
    """Return the sighting of this look. A session ends an idle time, and so does a hole between looks."""
    known = before or Sighting(grant_id=grant_id, looked_at=now, sessions=0)
    seen = replace(known, looked_at=now, sessions=found.count)
    if found.count:
        return replace(
            seen,
            clients=merged(known.clients, found.clients)[:CLIENTS_KEPT],
            first_seen_at=known.first_seen_at or now,
            last_seen_at=now,
            quiet_since=None,
            offered_at=None,
        )
    if known.quiet_since is not None and now - known.looked_at <= WATCHED:
        return seen
    return replace(seen, quiet_since=now, offered_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementSpan:
    """When a grant ran its first known statement, and its last one."""

    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """The known use of a grant.

    `is_captured`: the capture of statements is proved, and the log is read up to now. Only then does a grant
    without a known statement have none.
    """

    sighting: Sighting | None = None
    statements: StatementSpan | None = None
    is_captured: bool = False

    @property
    def last_statement_at(self) -> datetime | None:
        return self.statements.last_at if self.statements else None

    @property
    def minutes(self) -> int | None:
        """Return the minutes from the first sign of use to the last, begun ones included.

        0 stands for a grant that was not used, None for one with an unknown use. A look at sessions shows
        none of those that were over before it.
        """
        seen = self.sighting
        signs = [self.statements.first_at, self.statements.last_at] if self.statements else []
        signs += [at for at in (seen.first_seen_at, seen.last_seen_at) if at] if seen else []
        if signs:
            return (max(signs) - min(signs)) // _MINUTE + 1
        return 0 if self.is_captured else None

    def is_watched(self, now: datetime) -> bool:
        """Return whether the sessions were looked at so lately that their number is true at `now`."""
        return self.sighting is not None and now - self.sighting.looked_at <= WATCHED

    def idle_since(self, now: datetime) -> datetime | None:
        """Return since when there is no session and no statement; None while in use, or where unknown."""
        seen = self.sighting
        if seen is None or seen.quiet_since is None or not self.is_watched(now):
            return None
        return max(seen.quiet_since, self.last_statement_at or seen.quiet_since)


UNKNOWN_USE: Final = Use()


def merged(*several: Sequence[str]) -> tuple[str, ...]:
    """Return each address once, sorted."""
    return tuple(sorted({one for clients in several for one in clients}))


def granted_minutes(grant: Grant) -> int:
    """Return the whole time of the grant, extensions included."""
    if grant.activated_at is not None and grant.expires_at is not None:
        return max(1, round((grant.expires_at - grant.activated_at) / _MINUTE))
    return round(grant.duration / _MINUTE)
