"""The activity of a grant, read for messages, the modal and the command line."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dbaccess.domain.activity_report import ActivityReport
from dbaccess.domain.activity_summary import KeptSummary
from dbaccess.domain.capture import Capture
from dbaccess.domain.coverage import CaptureLevel, Gap, GapCause
from dbaccess.domain.grant import Grant
from dbaccess.domain.policy import Policy
from dbaccess.domain.use import Use
from dbaccess.operations.activity.capture import BEHIND
from dbaccess.operations.activity.sharing import shared_with
from dbaccess.operations.activity.use import captured_now, known_use
from dbaccess.ports import UnitOfWork


def activity_report(uow: UnitOfWork, policy: Policy | None, grant: Grant) -> ActivityReport:
    """Return what is known of the grant's activity in this transaction.

    Without a policy nothing proves that all is captured now.
    """
    kept = uow.activity.summary_of(grant.id)
    return ActivityReport(
        coverage=uow.activity.coverage_of(grant.id),
        access=access_of(uow, policy, grant),
        summary=kept.summary if kept else None,
        is_final=kept is not None and kept.is_final,
        gaps=(*_of_its_time(grant, uow.activity.gaps_of(grant)), *_unread(uow, policy, grant)),
        mismatches=kept.mismatches if kept else (),
        purged_at=kept.purged_at if kept else None,
        use=grant_use(uow, policy, grant, kept),
        shared_with=shared_with(uow, grant),
    )


def access_of(uow: UnitOfWork, policy: Policy | None, grant: Grant) -> str:
    """Return the depth of the granted role: of the policy now, or as requested if it has no such role."""
    terms = uow.requests.get(grant.request_id).terms
    if grant.role == terms.role:
        return terms.access
    target = policy.targets.get(grant.target) if policy is not None else None
    role = target.roles.get(grant.role) if target else None
    return role.access.value if role else terms.access


def recorded_policy(uow: UnitOfWork) -> Policy | None:
    """Return the policy that a worker went by last, from the ledger: an auditor has no file of it."""
    return uow.policies.last_of_workers("")


def grant_use(uow: UnitOfWork, policy: Policy | None, grant: Grant, kept: KeptSummary | None) -> Use:
    """Return the use of one grant, open or ended, as far as it is on record."""
    return known_use(uow, grant, kept, is_captured=_knows_all(uow, policy, grant, kept))


def _knows_all(uow: UnitOfWork, policy: Policy | None, grant: Grant, kept: KeptSummary | None) -> bool:
    """Return whether a grant without a known statement ran none."""
    if shared_with(uow, grant):
        return False
    if grant.ended_at is not None:
        was_captured = uow.activity.coverage_of(grant.id).level is not CaptureLevel.NONE
        return was_captured and kept is not None and kept.is_final and not uow.activity.gaps_of(grant)
    return policy is not None and grant.id in captured_now(uow, policy, [grant])


def _unread(uow: UnitOfWork, policy: Policy | None, grant: Grant) -> Iterator[Gap]:
    """Yield the time of the grant that the reader has not reached yet, as a gap that lasts."""
    if policy is None:
        return
    cluster = policy.clusters.get(grant.cluster)
    capture = cluster.capture if cluster is not None else None
    was_captured = uow.activity.coverage_of(grant.id).level is not CaptureLevel.NONE
    if grant.activated_at is None or (capture is None and not was_captured):
        return
    read_to = uow.log_positions.caught_up_at(grant.cluster)
    needed = min(grant.ended_at or uow.now, uow.now - BEHIND)
    if read_to is None or read_to < needed:
        began_at = max(read_to or grant.activated_at, grant.activated_at)
        yield Gap(cluster=grant.cluster, cause=_why_unread(capture), began_at=began_at, until=None)


def _why_unread(capture: Capture | None) -> GapCause:
    if capture is None:
        return GapCause.SWITCHED_OFF
    return GapCause.NOT_IMPORTED if capture.is_imported else GapCause.SOURCE_SILENT


def _of_its_time(grant: Grant, gaps: Iterable[Gap]) -> Iterator[Gap]:
    """Yield the gaps, those without an import from the grant's begin on: they may begin long before."""
    begins = grant.activated_at or grant.created_at
    for gap in gaps:
        is_long = gap.cause is GapCause.NOT_IMPORTED
        yield replace(gap, began_at=max(gap.began_at, begins)) if is_long else gap
