"""Every edge of the domain, as the operations see it."""

from dbaccess.ports.jobs import Job, JobQueue
from dbaccess.ports.leases import Leases
from dbaccess.ports.records import (
    Announcements,
    CredentialViews,
    DirectorySnapshot,
    Drafts,
    Extensions,
    Grants,
    Intake,
    KnownTeam,
    Ledger,
    Messages,
    Notices,
    Policies,
    Requests,
    Reviews,
)
from dbaccess.ports.slack import Directory, Messenger, Posted, Renderer, Sink
from dbaccess.ports.targets import (
    ClusterFacts,
    Fence,
    Finding,
    GivenRole,
    OwedElsewhere,
    Provisioned,
    Standing,
    TargetDriver,
    Targets,
)
from dbaccess.ports.work import UnitOfWork, UnitOfWorkFactory

__all__ = [
    "Announcements",
    "ClusterFacts",
    "CredentialViews",
    "Directory",
    "DirectorySnapshot",
    "Drafts",
    "Extensions",
    "Fence",
    "Finding",
    "GivenRole",
    "Grants",
    "Intake",
    "Job",
    "JobQueue",
    "KnownTeam",
    "Leases",
    "Ledger",
    "Messages",
    "Messenger",
    "Notices",
    "OwedElsewhere",
    "Policies",
    "Posted",
    "Provisioned",
    "Renderer",
    "Requests",
    "Reviews",
    "Sink",
    "Standing",
    "TargetDriver",
    "Targets",
    "UnitOfWork",
    "UnitOfWorkFactory",
]
