"""The figures of ended grants: counted once they are known, and again when late lines come."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from dbaccess.domain.activity import StatementKind
from dbaccess.domain.activity_report import mismatches
from dbaccess.domain.activity_summary import ActivitySummary, KeptSummary
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.policy import Access, Policy
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.operations.activity.report import access_of
from dbaccess.operations.batches import each
from dbaccess.operations.context import check_records
from dbaccess.operations.message_updates import schedule_grant_update
from dbaccess.ports import UnitOfWork, UnitOfWorkFactory

SETTLED: Final = timedelta(seconds=5)
"""How long after a grant's end its last lines may reach the log."""

_AT_ONCE: Final = 500


def summarize_ended(begin: UnitOfWorkFactory, policy: Policy, cluster: str, *, is_off: bool = False) -> None:
    """Store the figures of grants of the cluster that have ended, and let their messages show them.

    They are provisional until the log was read beyond the end. Then the ledger has them with a digest of the
    statements, and never a text. Late lines make them provisional again. `is_off`: the log of the cluster is
    no longer read. Then no line is waited for: the report tells the time that was not read as a gap. A grant
    whose figures cannot be made holds up no other, and is tried again by the next call.
    """
    with begin() as uow:
        read_to = uow.log_positions.caught_up_at(cluster)
        if is_off:
            read_to = None if read_to is None else uow.now
    if is_off and read_to is None:
        return  # it never was read, and there is nothing to count
    each(
        _to_summarize(begin, cluster, read_to),
        partial(_summarize, begin, policy, read_to),
        what="summary",
        check=partial(check_records, begin),
    )


def _to_summarize(begin: UnitOfWorkFactory, cluster: str, read_to: datetime | None) -> Iterator[GrantId]:
    """Yield each grant once: one that fails must not keep its place before the later ones."""
    after = GrantId(0)
    while True:
        with begin() as uow:
            settled_before = None if read_to is None else read_to - SETTLED
            found = uow.activity.to_summarize(
                cluster, settled_before=settled_before, after=after, limit=_AT_ONCE
            )
        if not found:
            return
        yield from found
        after = found[-1]


def _summarize(begin: UnitOfWorkFactory, policy: Policy, read_to: datetime | None, grant_id: GrantId) -> None:
    with begin() as uow:
        grant = uow.grants.get(grant_id)
        kept = uow.activity.summary_of(grant_id)
        is_final = grant.ended_at is not None and read_to is not None and read_to > grant.ended_at + SETTLED
        if kept is not None and (kept.is_final or not is_final):
            return
        settle(uow, policy, grant, is_final=is_final)
        uow.commit()


def settle(uow: UnitOfWork, policy: Policy, grant: Grant, *, is_final: bool) -> None:
    """Store what the grant's statements come to; final figures go into the ledger with their digest."""
    made = count(uow, policy, grant, is_final=is_final)
    uow.activity.keep(made)
    if is_final:
        uow.record(_event(uow, grant, made))
    schedule_grant_update(uow, grant)


def count(uow: UnitOfWork, policy: Policy, grant: Grant, *, is_final: bool) -> KeptSummary:
    """Return the figures of all statements of the grant, their digest, and what does not fit the role.

    Statements are read a few at a time, however many there are.
    """
    summary, digest = uow.activity.summarize(grant.id)
    access, on = access_of(uow, policy, grant), _objects_of(grant)
    may_differ = any(_suspect_kinds(summary, access, on)) or summary.errors > 0
    found = mismatches(uow.activity.each(grant.id), access=access, on=on) if may_differ else ()
    return KeptSummary(
        grant_id=grant.id,
        summary=summary,
        digest=digest,
        is_final=is_final,
        made_at=uow.now,
        mismatches=found,
    )


def _event(uow: UnitOfWork, grant: Grant, made: KeptSummary) -> Event:
    summary, coverage = made.summary, uow.activity.coverage_of(grant.id)
    return Event(
        kind=EventKind.ACTIVITY_SUMMARIZED,
        actor=BY_WORKER,
        request_id=grant.request_id,
        grant_id=grant.id,
        data={
            "statements": summary.statements,
            "by_kind": {kind.value: count for kind, count in sorted(summary.by_kind.items())},
            "errors": summary.errors,
            "not_parsed": summary.not_parsed,
            "sessions": summary.sessions,
            "first_at": summary.first_at.isoformat() if summary.first_at else None,
            "last_at": summary.last_at.isoformat() if summary.last_at else None,
            "digest": made.digest,
            "coverage": coverage.level.value,
            "gaps": len(uow.activity.gaps_of(grant)),
            "mismatches": {one.kind.value: one.times for one in made.mismatches},
        },
    )


def _objects_of(grant: Grant) -> ObjectPrivileges | None:
    """Return the objects that the role covers; None where roles of the cluster may reach more."""
    return grant.recipe.on if grant.recipe is not None and not grant.recipe.roles else None


def _suspect_kinds(
    summary: ActivitySummary, access: str, on: ObjectPrivileges | None
) -> Collection[StatementKind]:
    """Return the kinds of statements that ran and may not fit the role."""
    kinds = {StatementKind.DDL} if access != Access.DDL else set()
    kinds |= {StatementKind.WRITE} if access == Access.READ or on is not None else set()
    kinds |= {StatementKind.READ} if on is not None else set()
    return kinds & summary.by_kind.keys()
