"""The comparison of a cluster with the control database, which may be an older copy."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FRESH = timedelta(minutes=3)
"""An older observation does not count: no grant is provisioned on it."""


class Why(StrEnum):
    """The facts that only the cluster knows."""

    LEDGER_BEHIND = "ledger_behind"
    UNKNOWN_LOGINS = "unknown_logins"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """The last observation of a cluster. While one has a `why`, no cluster is granted on or swept.

    `unknown` are logins of ours whose grant the control database lacks. An operator `accepted` some: they
    belong to no grant, and the sweep removes them.
    """

    cluster: str
    looked_at: datetime
    why: Why | None = None
    since: datetime | None = None
    unknown: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
