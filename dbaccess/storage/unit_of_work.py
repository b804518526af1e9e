"""The unit of work: one transaction on the control database."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import Final, Self, TypeVar

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dbaccess.domain.events import Event
from dbaccess.domain.people import PersonId
from dbaccess.ports import Job, JobQueue
from dbaccess.storage.dispatcher import Dispatcher
from dbaccess.storage.log_lines import log_events
from dbaccess.storage.outbox import OutboxJob, dispatch
from dbaccess.storage.repositories.access_reviews import SqlAccessReviews
from dbaccess.storage.repositories.activity import SqlActivity
from dbaccess.storage.repositories.announcements import SqlAnnouncements
from dbaccess.storage.repositories.break_glass_reviews import SqlBreakGlassReviews
from dbaccess.storage.repositories.canaries import SqlCanaries
from dbaccess.storage.repositories.changed_names import SqlChangedNames
from dbaccess.storage.repositories.checkpoints import SqlCheckpoints
from dbaccess.storage.repositories.clock_skews import SqlClockSkews
from dbaccess.storage.repositories.credential_views import SqlCredentialViews
from dbaccess.storage.repositories.directory import SqlDirectory
from dbaccess.storage.repositories.drafts import SqlDrafts
from dbaccess.storage.repositories.extensions import SqlExtensions
from dbaccess.storage.repositories.grants import SqlGrants
from dbaccess.storage.repositories.homes import SqlHomes
from dbaccess.storage.repositories.idempotency_keys import SqlIdempotencyKeys
from dbaccess.storage.repositories.ledger import SqlLedger
from dbaccess.storage.repositories.lockdowns import SqlLockdowns
from dbaccess.storage.repositories.log_positions import SqlLogPositions
from dbaccess.storage.repositories.messages import SqlMessages
from dbaccess.storage.repositories.notices import SqlNotices
from dbaccess.storage.repositories.observations import SqlObservations
from dbaccess.storage.repositories.policies import SqlPolicies
from dbaccess.storage.repositories.reaches import SqlReaches
from dbaccess.storage.repositories.refused_attempts import SqlRefusedAttempts
from dbaccess.storage.repositories.report_orders import SqlReportOrders
from dbaccess.storage.repositories.request_reviews import SqlReviews
from dbaccess.storage.repositories.requests import SqlRequests
from dbaccess.storage.repositories.sightings import SqlSightings
from dbaccess.storage.repositories.standing_roles import SqlStandingRoles
from dbaccess.storage.repositories.team import SqlKnownTeam
from dbaccess.storage.repositories.witnesses import SqlWitnesses
from dbaccess.storage.sqlalchemy_engine import build_engine
from dbaccess.storage.wakeup import CHANNEL, wakes

Repository = TypeVar("Repository")

__all__ = ["SqlUnitOfWork", "build_engine"]

# All databases of a server share one queue, and any login can fill it. A commit must not fail because of
# that: each loop checks once a second by itself.
_WAKE: Final = text("select pg_notify(:channel, '') where pg_notification_queue_usage() < 0.5")

_TURN: Final = 0x7475726E
"""`turn` in ASCII; locks of two numbers never collide with those of one."""

_ENQUEUE: Final = text(
    """insert into outbox (job, subject, due_at)
       select * from unnest(cast(:jobs as text[]), cast(:subjects as bigint[]), cast(:times as timestamptz[]))
       returning id, job, subject, due_at"""
)


class _Repository(cached_property[Repository]):
    """A repository on the session of its unit of work, made at its first use: most transactions use few."""

    def __init__(self, build: Callable[[Session], Repository]) -> None:
        super().__init__(lambda unit: build(unit._session))  # noqa: SLF001 its owner's


class SqlUnitOfWork:
    """The `UnitOfWork` of the ports, for one use: after its commit or its end it refuses another."""

    now: datetime
    idempotency_keys = _Repository(SqlIdempotencyKeys)
    team = _Repository(SqlKnownTeam)
    clock_skews = _Repository(SqlClockSkews)
    changed_names = _Repository(SqlChangedNames)
    directory = _Repository(SqlDirectory)
    requests = _Repository(SqlRequests)
    reviews = _Repository(SqlReviews)
    break_glass_reviews = _Repository(SqlBreakGlassReviews)
    grants = _Repository(SqlGrants)
    extensions = _Repository(SqlExtensions)
    lockdowns = _Repository(SqlLockdowns)
    announcements = _Repository(SqlAnnouncements)
    ledger = _Repository(SqlLedger)
    refused_attempts = _Repository(SqlRefusedAttempts)
    report_orders = _Repository(SqlReportOrders)
    checkpoints = _Repository(SqlCheckpoints)
    witnesses = _Repository(SqlWitnesses)
    messages = _Repository(SqlMessages)
    credential_views = _Repository(SqlCredentialViews)
    homes = _Repository(SqlHomes)
    drafts = _Repository(SqlDrafts)
    policies = _Repository(SqlPolicies)
    notices = _Repository(SqlNotices)
    observations = _Repository(SqlObservations)
    activity = _Repository(SqlActivity)
    log_positions = _Repository(SqlLogPositions)
    canaries = _Repository(SqlCanaries)
    sightings = _Repository(SqlSightings)
    standing_roles = _Repository(SqlStandingRoles)
    reaches = _Repository(SqlReaches)
    access_reviews = _Repository(SqlAccessReviews)

    def __init__(self, engine: Engine, queue: JobQueue | Dispatcher | None) -> None:
        """Without a queue the outbox waits for a sweep; with a dispatcher the commit does not wait for it."""
        self._engine = engine
        self._queue = queue
        self._events: list[Event] = []
        self._jobs: list[tuple[Job, int, datetime | None]] = []

    def __enter__(self) -> Self:
        # Closed for good after the commit, so that no statement slips into a second transaction.
        session = Session(self._engine, autoflush=False, close_resets_only=False)
        self._session = session
        try:
            self.now = session.connection().exec_driver_sql("select now()").scalar_one()
        except BaseException:
            session.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._session.close()
        except DBAPIError:
            # The connection is lost, and the uncommitted work with it.
            self._session.invalidate()

    def take_turn(self, person: PersonId) -> None:
        # Two people with one hash wait for each other, and nothing else happens.
        self._session.execute(select(func.pg_advisory_xact_lock(_TURN, func.hashtext(person))))

    def record(self, event: Event) -> None:
        self._events.append(event)

    def enqueue(self, job: Job, subject: int, *, at: datetime | None = None) -> None:
        self._jobs.append((job, subject, at))

    def commit(self) -> None:
        """Commit state, outbox and ledger as one; then tell the queue, which cannot fail the commit."""
        jobs = self._write_outbox()
        if jobs or wakes(self._session):
            self._session.execute(_WAKE, {"channel": CHANNEL})
        if self._events:
            self.ledger.append(self._events)
        self._session.commit()
        self._session.close()
        log_events(self._events)
        if isinstance(self._queue, Dispatcher):
            self._queue(jobs)
        elif self._queue is not None:
            dispatch(self._engine, self._queue, jobs)

    def _write_outbox(self) -> list[OutboxJob]:
        if not self._jobs:
            return []
        jobs, subjects, times = map(list, zip(*self._jobs, strict=True))
        rows = self._session.execute(_ENQUEUE, {"jobs": jobs, "subjects": subjects, "times": times})
        return [OutboxJob(id=i, job=Job(job), subject=s, due_at=at) for i, job, s, at in rows]
