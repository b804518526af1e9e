"""Whether a cluster knows more than the control database, which is an older copy then."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FRESH = timedelta(minutes=3)
"""A look that is older counts as none: nothing is granted on its word."""


class Why(StrEnum):
    """What the cluster knows more."""

    LEDGER_BEHIND = "ledger_behind"
    UNKNOWN_LOGINS = "unknown_logins"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """The last look at a cluster. While one has a `why`, nothing is granted and nothing is swept anywhere.

    `unknown` are logins of ours whose grant the control database does not have. An operator `accepted` some:
    they belong to no grant, and the sweep removes them.
    """

    cluster: str
    looked_at: datetime
    why: Why | None = None
    since: datetime | None = None
    unknown: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
