"""The end of retention: texts of statements are deleted, their figures and digest stay."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.policy import Policy, Target
from dbaccess.operations.planning import schedule_grant_updates
from dbaccess.ports import UnitOfWorkFactory

GRANTS_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What one transaction deleted: the number of statements of each grant."""

    target: str
    statements: Mapping[GrantId, int]


def purge_statements(begin: UnitOfWorkFactory, *, policy: Policy, actor: str) -> Iterator[Purged]:
    """Delete the statements of grants that ended longer ago than their target's `retention`; yield each step.

    Each step is one transaction with its entry in the ledger, so that an interrupted run goes on where it
    stopped. A target without `retention` keeps its statements, and so does a grant without final figures.
    """
    for target in policy.targets.values():
        while (step := _purge(begin, target, actor)) is not None:
            yield step


def _purge(begin: UnitOfWorkFactory, target: Target, actor: str) -> Purged | None:
    """Return what was deleted; None once nothing is left to delete."""
    if target.retention is None:
        return None
    with begin() as uow:
        gone = uow.activity.purge(
            target=target.name, ended_before=uow.now - target.retention, at=uow.now, limit=GRANTS_AT_ONCE
        )
        if not gone:
            return None
        schedule_grant_updates(uow, [uow.grants.get(grant_id) for grant_id in gone])
        counts = {f"G-{grant_id}": count for grant_id, count in gone.items()}
        data = {"target": target.name, "statements": counts}
        uow.record(Event(kind=EventKind.ACTIVITY_PURGED, actor=actor, data=data))
        uow.commit()
    return Purged(target=target.name, statements=gone)
