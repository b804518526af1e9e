"""Jobs written with the state they follow from, handed to the queue after the commit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from dbaccess.domain.grant import GrantState
from dbaccess.ports import Job, JobQueue
from dbaccess.storage.connecting import LEAVE_TIME
from dbaccess.storage.models.grants import GrantProgressRow, GrantRow
from dbaccess.storage.models.intake import DraftRow, IntakeRow
from dbaccess.storage.models.messages import NoticeRow
from dbaccess.storage.models.outbox import OutboxRow
from dbaccess.storage.models.policies import PolicyInForceRow

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
    """The queue has the jobs and the rows say so; what fails stays for the sweep, and is no error here.

    Called after the commit, which must not look as if it had failed.
    """
    taken = _put(queue, jobs)
    if not taken:
        return
    try:
        with Session(engine) as session, session.begin():
            _mark(session, taken)
    except SQLAlchemyError as error:
        _log.warning("outbox rows are sent again by the sweep", error=type(error).__name__)


def sweep_outbox(engine: Engine, queue: JobQueue, *, older_than: timedelta) -> int:
    """Everything older that was not dispatched is; how many. Several sweeps at once share the work."""
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


def prune(
    engine: Engine,
    now: datetime | None = None,
    *,
    intake: timedelta = timedelta(days=7),
    outbox: timedelta = timedelta(days=1),
    drafts: timedelta = timedelta(days=1),
    processes: timedelta = timedelta(days=1),
    notices: timedelta = timedelta(days=30),
) -> int:
    """Keys, dispatched rows, drafts, notices and processes not seen for so long are gone; how many rows.

    With them the progress of ends that have their receipt.
    """
    with Session(engine) as session, session.begin():
        if now is None:
            now = session.execute(select(func.now())).scalar_one()
        gone = [
            session.execute(delete(row).where(column < now - age).returning(text("1"))).all()
            for row, column, age in (
                (IntakeRow, IntakeRow.taken_at, intake),
                (OutboxRow, OutboxRow.dispatched_at, outbox),
                (DraftRow, DraftRow.created_at, drafts),
                (PolicyInForceRow, PolicyInForceRow.seen_at, processes),
                (NoticeRow, NoticeRow.posted_at, notices),
            )
        ]
        over = select(GrantRow.id).where(GrantRow.state.in_([GrantState.ENDED, GrantState.WRITTEN_OFF]))
        settled = delete(GrantProgressRow).where(GrantProgressRow.grant_id.in_(over)).returning(text("1"))
        gone.append(session.execute(settled).all())
    return sum(map(len, gone))


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
        _log.warning("the queue is out of reach", error=type(error).__name__)
    return taken


def _mark(session: Session, ids: list[int]) -> None:
    if ids:
        session.execute(update(OutboxRow).where(OutboxRow.id.in_(ids)).values(dispatched_at=func.now()))
