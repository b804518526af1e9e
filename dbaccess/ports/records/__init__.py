"""The repositories of the control database, a protocol for each kind of row."""

from dbaccess.ports.records.access_reviews import AccessReviews
from dbaccess.ports.records.activity import Activity, Canaries, LogPositions, Sightings
from dbaccess.ports.records.grants import CredentialViews, Extensions, Grants, ToRemind
from dbaccess.ports.records.installation import (
    Checkpoints,
    ClockSkews,
    Ledger,
    Lockdowns,
    Observations,
    Policies,
    RefusedAttempts,
    StandingRoles,
    Witnesses,
)
from dbaccess.ports.records.messages import Announcements, Homes, Messages, Notices
from dbaccess.ports.records.people import ChangedNames, DirectorySnapshot, KnownTeam
from dbaccess.ports.records.reaches import Reaches
from dbaccess.ports.records.reports import ReportOrders
from dbaccess.ports.records.requests import (
    BreakGlassReviews,
    Drafts,
    IdempotencyKeys,
    LapseOrder,
    PendingFor,
    PendingPage,
    PendingReviews,
    Requests,
    Reviews,
)

__all__ = [
    "AccessReviews",
    "Activity",
    "Announcements",
    "BreakGlassReviews",
    "Canaries",
    "ChangedNames",
    "Checkpoints",
    "ClockSkews",
    "CredentialViews",
    "DirectorySnapshot",
    "Drafts",
    "Extensions",
    "Grants",
    "Homes",
    "IdempotencyKeys",
    "KnownTeam",
    "LapseOrder",
    "Ledger",
    "Lockdowns",
    "LogPositions",
    "Messages",
    "Notices",
    "Observations",
    "PendingFor",
    "PendingPage",
    "PendingReviews",
    "Policies",
    "Reaches",
    "RefusedAttempts",
    "ReportOrders",
    "Requests",
    "Reviews",
    "Sightings",
    "StandingRoles",
    "ToRemind",
    "Witnesses",
]
