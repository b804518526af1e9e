"""The end of retention: texts of statements are deleted, their figures and digest stay."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.grant import GrantId
from dbaccess.domain.policy import Policy, Target
from dbaccess.operations.activity.summarize import settle
from dbaccess.operations.batches import each, in_halves
from dbaccess.operations.context import WorkerContext, check_records
from dbaccess.operations.message_updates import schedule_grant_updates
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory

AT_ONCE: Final = 10_000
"""The statements that one transaction deletes."""

GRANTS_AT_ONCE: Final = 50

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """One transaction of a purge: the number of deleted statements of each grant."""

    target: str
    statements: Mapping[GrantId, int]


Told = Callable[[Purged], object]
"""Called after each transaction."""


def purge_old_statements(context: WorkerContext) -> None:
    """Delete all statements past their retention, in the name of the workers."""

    def tell(step: Purged) -> None:
        _log.info("statements purged", target=step.target, statements=sum(step.statements.values()))

    purge_statements(context.begin, policy=context.policy, actor=BY_WORKER, told=tell)


def purge_statements(begin: UnitOfWorkFactory, *, policy: Policy, actor: str, told: Told) -> None:
    """Delete the statements of grants that ended longer ago than their target's `retention`.

    Each step is one transaction with its entry in the ledger, so that an interrupted run goes on where it
    stopped. A target without `retention` keeps its statements. Figures that are not final are made so first.
    No line that comes later is stored, and the digest of what is deleted must be in the ledger. A grant that
    fails is logged, keeps its statements, and holds up no other.
    """
    for target in policy.targets.values():
        if target.retention is None:
            continue
        each(
            _to_settle(begin, target),
            partial(_settle, begin, policy),
            what="summary before a purge",
            check=partial(check_records, begin),
        )
        for grants in _to_purge(begin, target):
            in_halves(
                grants,
                partial(_purge_all, begin, target, actor, told),
                alone=_log_failure,
                check=partial(check_records, begin),
            )


def _to_settle(begin: UnitOfWorkFactory, target: Target) -> Iterator[GrantId]:
    for grants in _pages(begin, target, lambda uow: uow.activity.to_settle):
        yield from grants


def _to_purge(begin: UnitOfWorkFactory, target: Target) -> Iterator[Sequence[GrantId]]:
    return _pages(begin, target, lambda uow: uow.activity.to_purge)


def _pages(
    begin: UnitOfWorkFactory, target: Target, find: Callable[[UnitOfWork], Callable[..., list[GrantId]]]
) -> Iterator[Sequence[GrantId]]:
    """Yield the findings of `find` about grants past their retention, each grant once."""
    after = GrantId(0)
    while target.retention is not None:
        with begin() as uow:
            ended_before = uow.now - target.retention
            found = find(uow)(target.name, ended_before=ended_before, after=after, limit=GRANTS_AT_ONCE)
        if not found:
            return
        yield found
        after = found[-1]


def _settle(begin: UnitOfWorkFactory, policy: Policy, grant_id: GrantId) -> None:
    with begin() as uow:
        settle(uow, policy, uow.grants.get(grant_id), is_final=True)
        uow.commit()


def _purge_all(
    begin: UnitOfWorkFactory, target: Target, actor: str, told: Told, grants: Sequence[GrantId]
) -> None:
    while (step := _purge(begin, target, actor, grants)) is not None:
        told(step)


def _purge(begin: UnitOfWorkFactory, target: Target, actor: str, grants: Sequence[GrantId]) -> Purged | None:
    """Return what was deleted; None once nothing is left to delete."""
    with begin() as uow:
        gone = uow.activity.purge(grants, at=uow.now, limit=AT_ONCE)
        if not gone:
            return None
        schedule_grant_updates(uow, [uow.grants.get(grant_id) for grant_id in gone])
        counts = {f"G-{grant_id}": count for grant_id, count in gone.items()}
        data = {"target": target.name, "statements": counts}
        uow.record(Event(kind=EventKind.ACTIVITY_PURGED, actor=actor, data=data))
        uow.commit()
    return Purged(target=target.name, statements=gone)


def _log_failure(grant_id: GrantId, error: Exception) -> None:
    _log.error("purge failed", about=f"G-{grant_id}", exc_info=error)
