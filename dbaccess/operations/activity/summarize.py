"""Figures of ended grants: shown at once, and recorded once the logs were read beyond the end."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from dbaccess.domain.activity_summary import KeptSummary
from dbaccess.domain.coverage import LogPosition
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.operations.batches import each
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.planning import schedule_grant_update
from dbaccess.ports import UnitOfWork

LATE: Final = timedelta(seconds=5)
"""A server writes the last lines of a session within this time of its end."""
COUNT_AGAIN: Final = timedelta(seconds=30)
"""How often figures that are not final are counted anew; that reads every statement of the grant."""
AT_ONCE: Final = 200


def summarize_grants(context: WorkerContext, cluster: str) -> list[GrantId]:
    """Count the statements of ended grants of the cluster, and return the grants with new figures.

    Their messages become due. Figures are final once the reader had everything that the server wrote until
    after the end; final ones are recorded with their digest, and never counted again.
    """
    known = context.policy.clusters.get(cluster)
    if known is None or known.capture is None:
        return []  # no reader will ever read on, and coverage says so
    with context.begin() as uow:
        waiting = uow.activity.to_summarize(cluster, limit=AT_ONCE)
    return each(waiting, partial(_summarize, context), what="counting", check=context.check_records)


def _summarize(context: WorkerContext, grant_id: GrantId) -> bool:
    with context.begin() as uow:
        grant, before = uow.grants.get(grant_id), uow.activity.summary_of(grant_id)
        is_final = _is_read_beyond(_position(uow, grant.cluster), grant)
        if before is not None and not is_final and uow.now - before.made_at < COUNT_AGAIN:
            return False
        figures, digest = uow.activity.summarize(grant_id)
        kept = KeptSummary(
            grant_id=grant_id, summary=figures, digest=digest, is_final=is_final, made_at=uow.now
        )
        uow.activity.keep(kept)
        is_news = is_final or before is None or before.digest != digest
        if is_news:
            schedule_grant_update(uow, grant)
        if is_final:
            uow.record(_event(grant, kept))
        uow.commit()
    return is_news


def _position(uow: UnitOfWork, cluster: str) -> LogPosition | None:
    return next((one for one in uow.log_positions.all() if one.cluster == cluster), None)


def _is_read_beyond(position: LogPosition | None, grant: Grant) -> bool:
    read: datetime | None = position.caught_up_at if position else None
    return read is not None and grant.ended_at is not None and read >= grant.ended_at + LATE


def _event(grant: Grant, kept: KeptSummary) -> Event:
    """Return the event: figures and the digest, never a text or the name of a table."""
    figures = kept.summary
    return Event(
        kind=EventKind.ACTIVITY_SUMMARIZED,
        actor=BY_WORKER,
        request_id=grant.request_id,
        grant_id=grant.id,
        data={
            "digest": kept.digest,
            "statements": figures.statements,
            "by_kind": {kind.value: count for kind, count in figures.by_kind.items()},
            "tables_read": len(figures.reads),
            "tables_written": len(figures.writes),
            "errors": figures.errors,
            "not_parsed": figures.not_parsed,
            "sessions": figures.sessions,
            "first_at": figures.first_at.isoformat() if figures.first_at else None,
            "last_at": figures.last_at.isoformat() if figures.last_at else None,
        },
    )
