"""The unit of work: one transaction on the control database."""

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from dbaccess.domain.events import Event
from dbaccess.domain.people import PersonId
from dbaccess.ports.jobs import Job
from dbaccess.ports.records import (
    AccessReviews,
    Activity,
    Announcements,
    BreakGlassReviews,
    Canaries,
    ChangedNames,
    Checkpoints,
    ClockSkews,
    CredentialViews,
    DirectorySnapshot,
    Drafts,
    Extensions,
    Grants,
    Homes,
    IdempotencyKeys,
    KnownTeam,
    Ledger,
    Lockdowns,
    LogPositions,
    Messages,
    Notices,
    Observations,
    Policies,
    Reaches,
    RefusedAttempts,
    ReportOrders,
    Requests,
    Reviews,
    Sightings,
    StandingRoles,
    Witnesses,
)


class UnitOfWork(Protocol):
    """One transaction on the control database; work that is not committed is lost.

    `now` is that database's clock at its begin. `record` collects events, which join the ledger as the last
    step before the commit, under its lock. `enqueue` writes an outbox row, which goes to the queue after the
    commit.
    """

    @property
    def now(self) -> datetime: ...
    @property
    def idempotency_keys(self) -> IdempotencyKeys: ...
    @property
    def team(self) -> KnownTeam: ...
    @property
    def clock_skews(self) -> ClockSkews: ...
    @property
    def changed_names(self) -> ChangedNames: ...
    @property
    def directory(self) -> DirectorySnapshot: ...
    @property
    def requests(self) -> Requests: ...
    @property
    def reviews(self) -> Reviews: ...
    @property
    def break_glass_reviews(self) -> BreakGlassReviews: ...
    @property
    def grants(self) -> Grants: ...
    @property
    def extensions(self) -> Extensions: ...
    @property
    def lockdowns(self) -> Lockdowns: ...
    @property
    def announcements(self) -> Announcements: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def refused_attempts(self) -> RefusedAttempts: ...
    @property
    def report_orders(self) -> ReportOrders: ...
    @property
    def checkpoints(self) -> Checkpoints: ...
    @property
    def witnesses(self) -> Witnesses: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def credential_views(self) -> CredentialViews: ...
    @property
    def homes(self) -> Homes: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def policies(self) -> Policies: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def observations(self) -> Observations: ...
    @property
    def activity(self) -> Activity: ...
    @property
    def log_positions(self) -> LogPositions: ...
    @property
    def canaries(self) -> Canaries: ...
    @property
    def sightings(self) -> Sightings: ...
    @property
    def standing_roles(self) -> StandingRoles: ...
    @property
    def reaches(self) -> Reaches: ...
    @property
    def access_reviews(self) -> AccessReviews: ...

    def take_turn(self, person: PersonId) -> None:
        """Wait for this person's other transactions; no other takes this turn before the transaction ends."""

    def record(self, event: Event) -> None: ...

    def enqueue(self, job: Job, subject: int, *, at: datetime | None = None) -> None: ...

    def commit(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


UnitOfWorkFactory = Callable[[], UnitOfWork]
