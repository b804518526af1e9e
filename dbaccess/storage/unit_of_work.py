"""One transaction over the control database."""

from datetime import datetime
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dbaccess.domain.events import Event
from dbaccess.domain.people import PersonId
from dbaccess.ports import Job, JobQueue
from dbaccess.storage.dispatcher import Dispatcher
from dbaccess.storage.engine import build_engine
from dbaccess.storage.event_log import log_events
from dbaccess.storage.outbox import OutboxJob, dispatch
from dbaccess.storage.repositories.announcements import SqlAnnouncements
from dbaccess.storage.repositories.clock_skews import SqlClockSkews
from dbaccess.storage.repositories.credential_views import SqlCredentialViews
from dbaccess.storage.repositories.directory import SqlDirectory
from dbaccess.storage.repositories.drafts import SqlDrafts
from dbaccess.storage.repositories.extensions import SqlExtensions
from dbaccess.storage.repositories.grants import SqlGrants
from dbaccess.storage.repositories.idempotency_keys import SqlIdempotencyKeys
from dbaccess.storage.repositories.ledger import SqlLedger
from dbaccess.storage.repositories.lockdowns import SqlLockdowns
from dbaccess.storage.repositories.messages import SqlMessages
from dbaccess.storage.repositories.notices import SqlNotices
from dbaccess.storage.repositories.observations import SqlObservations
from dbaccess.storage.repositories.policies import SqlPolicies
from dbaccess.storage.repositories.requests import SqlRequests
from dbaccess.storage.repositories.reviews import SqlReviews
from dbaccess.storage.repositories.team import SqlKnownTeam
from dbaccess.storage.wakeup import CHANNEL

__all__ = ["SqlUnitOfWork", "build_engine"]

# All databases of a server share one queue, and any login can fill it. A commit must not fail of that:
# each loop looks once a second by itself.
_WAKE: Final = text("select pg_notify(:channel, '') where pg_notification_queue_usage() < 0.5")

_TURN: Final = 0x7475726E
"""`turn` in ASCII; locks of two numbers are none of those of one."""

_ENQUEUE: Final = text(
    """insert into outbox (job, subject, due_at)
       select * from unnest(cast(:jobs as text[]), cast(:subjects as bigint[]), cast(:times as timestamptz[]))
       returning id, job, subject, due_at"""
)


class SqlUnitOfWork:
    """`UnitOfWork` of the ports. Used once: after its commit or its end it refuses to be used again."""

    now: datetime
    idempotency_keys: SqlIdempotencyKeys
    team: SqlKnownTeam
    clock_skews: SqlClockSkews
    directory: SqlDirectory
    requests: SqlRequests
    reviews: SqlReviews
    grants: SqlGrants
    extensions: SqlExtensions
    lockdowns: SqlLockdowns
    announcements: SqlAnnouncements
    ledger: SqlLedger
    messages: SqlMessages
    credential_views: SqlCredentialViews
    drafts: SqlDrafts
    policies: SqlPolicies
    notices: SqlNotices
    observations: SqlObservations

    def __init__(self, engine: Engine, queue: JobQueue | Dispatcher | None) -> None:
        """Without a queue the outbox waits for a sweep; with a dispatcher the commit does not wait for it."""
        self._engine = engine
        self._queue = queue
        self._events: list[Event] = []
        self._jobs: list[tuple[Job, int, datetime | None]] = []

    def __enter__(self) -> Self:
        # Closed for good after the commit: nothing may slip into a second transaction unseen.
        session = Session(self._engine, autoflush=False, close_resets_only=False)
        self._session = session
        try:
            self.now = session.execute(select(func.now())).scalar_one()
        except BaseException:
            session.close()
            raise
        self.idempotency_keys = SqlIdempotencyKeys(session)
        self.team = SqlKnownTeam(session)
        self.clock_skews = SqlClockSkews(session)
        self.directory = SqlDirectory(session)
        self.requests = SqlRequests(session)
        self.reviews = SqlReviews(session)
        self.grants = SqlGrants(session)
        self.extensions = SqlExtensions(session)
        self.lockdowns = SqlLockdowns(session)
        self.announcements = SqlAnnouncements(session)
        self.ledger = SqlLedger(session)
        self.messages = SqlMessages(session)
        self.credential_views = SqlCredentialViews(session)
        self.drafts = SqlDrafts(session)
        self.policies = SqlPolicies(session)
        self.notices = SqlNotices(session)
        self.observations = SqlObservations(session)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._session.close()
        except DBAPIError:
            # The connection is lost, and with it what was not committed: all that this has to see to.
            self._session.invalidate()

    def take_turn(self, person: PersonId) -> None:
        # Two persons of one hash wait for each other, and no more than that.
        self._session.execute(select(func.pg_advisory_xact_lock(_TURN, func.hashtext(person))))

    def record(self, event: Event) -> None:
        self._events.append(event)

    def enqueue(self, job: Job, subject: int, *, at: datetime | None = None) -> None:
        self._jobs.append((job, subject, at))

    def commit(self) -> None:
        """State, outbox and ledger are written as one; then the queue is told, which cannot fail this."""
        jobs = self._write_outbox()
        if jobs or self.grants.changed or self.messages.changed or self.notices.changed:
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
