"""The outbox: jobs written with the state they follow from, handed to the queue after the commit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from dbaccess.ports import Job, JobQueue
from dbaccess.storage.connecting import LEAVE_TIME
from dbaccess.storage.models.outbox import OutboxRow

_BATCH = 200
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxJob:
    """One row that was not dispatched yet."""

    id: int
    job: Job
    subject: int
    due_at: datetime | None


def dispatch(engine: Engine, queue: JobQueue, jobs: Iterable[OutboxJob]) -> None:
    """Put the jobs into the queue and mark the rows; failures stay for the sweep, and raise nothing.

    Called after the commit, which must not appear to have failed.
    """
    taken = _put(queue, jobs)
    if not taken:
        return
    try:
        with Session(engine) as session, session.begin():
            _mark(session, taken)
    except SQLAlchemyError as error:
        _log.warning("outbox rows left to the sweep", error=type(error).__name__)


def sweep_outbox(engine: Engine, queue: JobQueue, *, older_than: timedelta) -> int:
    """Dispatch every older row that was not; return how many. Several sweeps at once share the work."""
    swept = 0
    while True:
        with Session(engine) as session, session.begin():
            session.execute(LEAVE_TIME)
            jobs = _waiting(session, older_than)
            taken = _put(queue, jobs)
            _mark(session, taken)
        swept += len(taken)
        if len(taken) < _BATCH:
            return swept


def _waiting(session: Session, older_than: timedelta) -> list[OutboxJob]:
    rows = session.scalars(
        select(OutboxRow)
        .where(OutboxRow.dispatched_at.is_(None), OutboxRow.created_at <= func.now() - older_than)
        .order_by(OutboxRow.created_at, OutboxRow.id)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    return [OutboxJob(id=row.id, job=Job(row.job), subject=row.subject, due_at=row.due_at) for row in rows]


def _put(queue: JobQueue, jobs: Iterable[OutboxJob]) -> list[int]:
    taken: list[int] = []
    try:
        for job in jobs:
            queue.put(job.job, job.subject, at=job.due_at)
            taken.append(job.id)
    except ConnectionError as error:
        _log.warning("queue unreachable at commit", error=type(error).__name__)
    return taken


def _mark(session: Session, ids: list[int]) -> None:
    if ids:
        session.execute(update(OutboxRow).where(OutboxRow.id.in_(ids)).values(dispatched_at=func.now()))
