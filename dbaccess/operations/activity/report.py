"""The activity of a grant, read for messages, the modal and the command line."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from dbaccess.domain.activity import Statement, StatementFilter, StatementKey, StatementKind
from dbaccess.domain.activity_report import ActivityReport, mismatches
from dbaccess.domain.activity_summary import ActivitySummary, KeptSummary, Mismatch
from dbaccess.domain.coverage import CaptureLevel, Gap, GapCause
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.policy import Access, Policy
from dbaccess.domain.privileges import ObjectPrivileges
from dbaccess.operations.activity.capture import BEHIND
from dbaccess.operations.activity.use import captured_now, known_use
from dbaccess.ports import UnitOfWork

EXAMINED: Final = 2_000
"""The statements of each kind that are compared with the role; messages must not wait for a million."""


def activity_report(uow: UnitOfWork, policy: Policy, grant: Grant) -> ActivityReport:
    """Return what is known of the grant's activity in this transaction."""
    kept = uow.activity.summary_of(grant.id)
    access, on = access_of(uow, policy, grant), _objects(grant)
    found = mismatches_of(uow, grant.id, kept.summary, access=access, on=on) if kept else ()
    return ActivityReport(
        coverage=uow.activity.coverage_of(grant.id),
        access=access,
        summary=kept.summary if kept else None,
        is_final=kept is not None and kept.is_final,
        gaps=(*_of_its_time(grant, uow.activity.gaps_of(grant)), *_unread(uow, policy, grant)),
        mismatches=found,
        purged_at=kept.purged_at if kept else None,
        use=known_use(uow, grant, kept, is_captured=_knows_all(uow, policy, grant, kept)),
    )


def mismatches_of(
    uow: UnitOfWork,
    grant_id: GrantId,
    summary: ActivitySummary,
    *,
    access: str,
    on: ObjectPrivileges | None,
) -> tuple[Mismatch, ...]:
    """Return the ways in which the stored statements do not fit the role; no query where none can."""
    found: dict[StatementKey, Statement] = {}
    for only in suspect_filters(summary, access, on):
        page = uow.activity.page(grant_id, only=only, limit=EXAMINED)
        found |= {statement.key: statement for statement in page}
    suspects = sorted(found.values(), key=lambda one: (one.at, one.session_id, one.line_num))
    return mismatches(suspects, access=access, on=on)


def _knows_all(uow: UnitOfWork, policy: Policy, grant: Grant, kept: KeptSummary | None) -> bool:
    """Return whether a grant without a known statement ran none."""
    if grant.ended_at is not None:
        was_captured = uow.activity.coverage_of(grant.id).level is not CaptureLevel.NONE
        return was_captured and kept is not None and kept.is_final and not uow.activity.gaps_of(grant)
    return grant.target in captured_now(uow, policy, [grant.target])


def _unread(uow: UnitOfWork, policy: Policy, grant: Grant) -> Iterator[Gap]:
    """Yield the time of the grant that the reader has not reached yet, as a gap that lasts."""
    cluster = policy.clusters.get(grant.cluster)
    if cluster is None or cluster.capture is None or grant.activated_at is None:
        return
    read_to = uow.log_positions.caught_up_at(grant.cluster)
    needed = min(grant.ended_at or uow.now, uow.now - BEHIND)
    if read_to is None or read_to < needed:
        began_at = max(read_to or grant.activated_at, grant.activated_at)
        cause = GapCause.NOT_IMPORTED if cluster.capture.is_imported else GapCause.SOURCE_SILENT
        yield Gap(cluster=grant.cluster, cause=cause, began_at=began_at, until=None)


def _of_its_time(grant: Grant, gaps: Iterable[Gap]) -> Iterator[Gap]:
    """Yield the gaps, those without an import from the grant's begin on: they may begin long before."""
    begins = grant.activated_at or grant.created_at
    for gap in gaps:
        is_long = gap.cause is GapCause.NOT_IMPORTED
        yield replace(gap, began_at=max(gap.began_at, begins)) if is_long else gap


def access_of(uow: UnitOfWork, policy: Policy, grant: Grant) -> str:
    """Return the depth of the granted role: of the policy now, or as requested if it has no such role."""
    terms = uow.requests.get(grant.request_id).terms
    if grant.role == terms.role:
        return terms.access
    target = policy.targets.get(grant.target)
    role = target.roles.get(grant.role) if target else None
    return role.access.value if role else terms.access


def _objects(grant: Grant) -> ObjectPrivileges | None:
    """Return the objects that the role covers; None where roles of the cluster may reach more."""
    return grant.recipe.on if grant.recipe is not None and not grant.recipe.roles else None


def suspect_filters(
    summary: ActivitySummary, access: str, on: ObjectPrivileges | None
) -> Iterator[StatementFilter]:
    """Yield what admits the statements that may not fit the role; nothing where the figures exclude all."""
    kinds = {StatementKind.DDL} if access != Access.DDL else set()
    kinds |= {StatementKind.WRITE} if access == Access.READ or on is not None else set()
    kinds |= {StatementKind.READ} if on is not None else set()
    ran = kinds & summary.by_kind.keys()
    yield from (StatementFilter(kind=kind) for kind in StatementKind if kind in ran)
    if summary.errors:
        yield StatementFilter(errors_only=True)
