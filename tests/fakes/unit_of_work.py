"""One transaction over a control database in memory."""

from datetime import datetime
from types import TracebackType
from typing import Self

from dbaccess.domain.events import Event
from dbaccess.domain.people import PersonId
from dbaccess.ports import Job, JobQueue
from tests.fakes.database import Clock, MemoryDatabase, Transaction
from tests.fakes.recorded import check_recorded, entries_needed
from tests.fakes.records.access_reviews import MemoryAccessReviews
from tests.fakes.records.activity import MemoryActivity
from tests.fakes.records.announcements import MemoryAnnouncements
from tests.fakes.records.break_glass_reviews import MemoryBreakGlassReviews
from tests.fakes.records.canaries import MemoryCanaries
from tests.fakes.records.changed_names import MemoryChangedNames
from tests.fakes.records.checkpoints import MemoryCheckpoints
from tests.fakes.records.clock_skews import MemoryClockSkews
from tests.fakes.records.credential_views import MemoryCredentialViews
from tests.fakes.records.directory import MemoryDirectory
from tests.fakes.records.drafts import MemoryDrafts
from tests.fakes.records.extensions import MemoryExtensions
from tests.fakes.records.grants import MemoryGrants
from tests.fakes.records.homes import MemoryHomes
from tests.fakes.records.idempotency_keys import MemoryIdempotencyKeys
from tests.fakes.records.ledger import MemoryLedger
from tests.fakes.records.lockdowns import MemoryLockdowns
from tests.fakes.records.log_positions import MemoryLogPositions
from tests.fakes.records.messages import MemoryMessages
from tests.fakes.records.notices import MemoryNotices
from tests.fakes.records.observations import MemoryObservations
from tests.fakes.records.policies import MemoryPolicies
from tests.fakes.records.reaches import MemoryReaches
from tests.fakes.records.refused_attempts import MemoryRefusedAttempts
from tests.fakes.records.report_orders import MemoryReportOrders
from tests.fakes.records.requests import MemoryRequests
from tests.fakes.records.reviews import MemoryReviews
from tests.fakes.records.sightings import MemorySightings
from tests.fakes.records.standing_roles import MemoryStandingRoles
from tests.fakes.records.team import MemoryKnownTeam
from tests.fakes.records.witnesses import MemoryWitnesses
from tests.fakes.tables import OUTBOX, OutboxJob


class MemoryUnitOfWork:
    """`UnitOfWork` of the ports, written by `bot` or `worker`; `now` is the database's clock at its begin.

    It refuses what guards and constraints refuse in the words of the domain, and a change that it does not
    record. The other guards, which only hostile programs meet, are the SQL's alone.
    """

    now: datetime

    def __init__(
        self,
        database: MemoryDatabase,
        writer: str,
        queue: JobQueue | None = None,
        *,
        clock: Clock | None = None,
    ) -> None:
        self._database = database
        self._clock = clock or database.clock
        self._writer = writer
        self._queue = queue
        self._events: list[Event] = []
        self._jobs: list[OutboxJob] = []

    def __enter__(self) -> Self:
        self.now = self._clock()
        transaction = self._transaction = Transaction(self._database)
        self.idempotency_keys = MemoryIdempotencyKeys(transaction)
        self.team = MemoryKnownTeam(transaction)
        self.clock_skews = MemoryClockSkews(transaction)
        self.changed_names = MemoryChangedNames(transaction)
        self.directory = MemoryDirectory(transaction)
        self.requests = MemoryRequests(transaction, self._writer, self.now)
        self.reviews = MemoryReviews(transaction)
        self.break_glass_reviews = MemoryBreakGlassReviews(transaction, self._writer)
        self.grants = MemoryGrants(transaction, self._writer)
        self.extensions = MemoryExtensions(transaction)
        self.lockdowns = MemoryLockdowns(transaction, self.now)
        self.announcements = MemoryAnnouncements(transaction)
        self.ledger = MemoryLedger(transaction)
        self.refused_attempts = MemoryRefusedAttempts(transaction, self.now)
        self.report_orders = MemoryReportOrders(transaction, self.now)
        self.checkpoints = MemoryCheckpoints(transaction)
        self.witnesses = MemoryWitnesses(transaction)
        self.messages = MemoryMessages(transaction)
        self.credential_views = MemoryCredentialViews(transaction, self.now)
        self.homes = MemoryHomes(transaction, self.now)
        self.drafts = MemoryDrafts(transaction)
        self.policies = MemoryPolicies(transaction, self.now)
        self.notices = MemoryNotices(transaction, self.now)
        self.observations = MemoryObservations(transaction)
        self.activity = MemoryActivity(transaction, self.now)
        self.log_positions = MemoryLogPositions(transaction)
        self.canaries = MemoryCanaries(transaction)
        self.sightings = MemorySightings(transaction)
        self.standing_roles = MemoryStandingRoles(transaction)
        self.reaches = MemoryReaches(transaction)
        self.access_reviews = MemoryAccessReviews(transaction)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction.end()

    def take_turn(self, person: PersonId) -> None:
        self._transaction.claim("turn", person)

    def record(self, event: Event) -> None:
        self._events.append(event)

    def enqueue(self, job: Job, subject: int, *, at: datetime | None = None) -> None:
        self._jobs.append(OutboxJob(job=job, subject=subject, due_at=at))

    def commit(self) -> None:
        check_recorded(self._transaction.history, self._events)
        for job in self._jobs:
            self._transaction.put(OUTBOX, self._transaction.next_id(OUTBOX), job)
        if self._events:
            self.ledger.append(self._events, at=self._database.clock())
        self._transaction.commit()
        self._tell_queue()

    def _tell_queue(self) -> None:
        """Jobs that the queue does not take stay in the outbox, and fail no commit."""
        if self._queue is None:
            return
        try:
            for job in self._jobs:
                self._queue.put(job.job, job.subject, at=job.due_at)
        except ConnectionError:
            return


class EnteringMemoryUnitOfWork(MemoryUnitOfWork):
    """Adds the entries for what a test has written without an operation."""

    def commit(self) -> None:
        for needed in entries_needed(self._transaction.history):
            if not any(needed.is_met_by(event) for event in self._events):
                self.record(needed.as_event())
        super().commit()
