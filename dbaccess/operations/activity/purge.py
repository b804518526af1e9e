"""The end of retention: texts of statements are deleted, their figures and digest stay."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.policy import Policy, Target
from dbaccess.operations.activity.summarize import settle
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.planning import schedule_grant_updates
from dbaccess.ports import UnitOfWorkFactory

AT_ONCE: Final = 10_000
"""The statements that one transaction deletes."""

SETTLED_AT_ONCE: Final = 50

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What one transaction deleted: the number of statements of each grant."""

    target: str
    statements: Mapping[GrantId, int]


def purge_old_statements(context: WorkerContext) -> None:
    """Delete all statements whose retention is over, in the name of the workers."""
    for step in purge_statements(context.begin, policy=context.policy, actor=BY_WORKER):
        _log.info("statements purged", target=step.target, statements=sum(step.statements.values()))


def purge_statements(begin: UnitOfWorkFactory, *, policy: Policy, actor: str) -> Iterator[Purged]:
    """Delete the statements of grants that ended longer ago than their target's `retention`; yield each step.

    Each step is one transaction with its entry in the ledger, so that an interrupted run goes on where it
    stopped. A target without `retention` keeps its statements. Figures that are not final are made so first:
    no line that comes later is stored, and the digest of what is deleted must be in the ledger.
    """
    for target in policy.targets.values():
        while _settle(begin, policy, target):
            pass
        while (step := _purge(begin, target, actor)) is not None:
            yield step


def _settle(begin: UnitOfWorkFactory, policy: Policy, target: Target) -> bool:
    """Make the figures of some grants final whose retention is over; return whether there were any."""
    if target.retention is None:
        return False
    with begin() as uow:
        waiting = uow.activity.to_settle(target.name, uow.now - target.retention, limit=SETTLED_AT_ONCE)
        for grant_id in waiting:
            settle(uow, policy, uow.grants.get(grant_id), is_final=True)
        uow.commit()
    return bool(waiting)


def _purge(begin: UnitOfWorkFactory, target: Target, actor: str) -> Purged | None:
    """Return what was deleted; None once nothing is left to delete."""
    if target.retention is None:
        return None
    with begin() as uow:
        gone = uow.activity.purge(
            target=target.name, ended_before=uow.now - target.retention, at=uow.now, limit=AT_ONCE
        )
        if not gone:
            return None
        schedule_grant_updates(uow, [uow.grants.get(grant_id) for grant_id in gone])
        counts = {f"G-{grant_id}": count for grant_id, count in gone.items()}
        data = {"target": target.name, "statements": counts}
        uow.record(Event(kind=EventKind.ACTIVITY_PURGED, actor=actor, data=data))
        uow.commit()
    return Purged(target=target.name, statements=gone)
