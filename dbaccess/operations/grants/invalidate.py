"""Ends of grants because the holder left, the role left the policy, or the role gives more than data."""

from collections.abc import Sequence
from functools import partial

from dbaccess.domain.events import BY_WORKER
from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState
from dbaccess.domain.people import Person, SlackId
from dbaccess.operations.batches import BATCH, each
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants.end_early import start_revocation
from dbaccess.operations.identity import is_fresh, is_read_lately
from dbaccess.ports import UnitOfWork

ROLE_GONE = "role gone from the configuration"
HOLDER_LEFT = "holder left"
HOLDER_IS_GUEST = "holder is a guest now"


def invalidate(context: WorkerContext) -> list[GrantId]:
    """Start the end of active grants that the worker's configuration and people no longer allow.

    Only a recent answer of Slack about an account proves that its person left; a missing or unread account
    proves nothing. A changed definition of a role changes nothing, because a grant keeps its recipe.
    """
    with context.begin() as uow:
        gone = [held for held in uow.grants.roles_held() if context.gives and not _is_there(context, *held)]
        unfit = uow.directory.unfit_holders(context.workspace.team_id)
    ended: list[GrantId] = []
    last = GrantId(0)
    while found := _active(context, gone, unfit, after=last):
        ended += each(found, partial(_end, context), what="invalidation", check=context.check_records)
        last = found[-1]
    return ended


def _active(
    context: WorkerContext, gone: Sequence[tuple[str, str]], unfit: Sequence[SlackId], *, after: GrantId
) -> list[GrantId]:
    """Return some grants at a time, because guests may hold many that stay."""
    with context.begin() as uow:
        return uow.grants.active(of=gone, by=unfit, after=after, limit=BATCH)


def _end(context: WorkerContext, grant_id: GrantId) -> bool:
    """End the grant after a second check under the lock: it may be revoking already."""
    with context.begin() as uow:
        grant = uow.grants.lock(grant_id)
        if grant.state is not GrantState.ACTIVE:
            return False
        known = is_fresh(uow, context.policy, context.workspace)
        holder = uow.directory.person(grant.holder_slack_id) if known else None
        why = _why(uow, context, grant, holder)
        if not why:
            return False
        start_revocation(uow, grant, cause=EndCause.INVALIDATED, by=BY_WORKER, note=why)
        uow.commit()
    return True


def _why(uow: UnitOfWork, context: WorkerContext, grant: Grant, holder: Person | None) -> str:
    """Return why the grant must end, empty if it stays; a holder of None is unknown."""
    if context.gives and not _is_there(context, grant.target, grant.role):
        return ROLE_GONE
    if holder is None or not is_read_lately(uow, holder):
        return ""
    if not holder.may_act or holder.team_id != context.workspace.team_id:
        return HOLDER_LEFT
    return HOLDER_IS_GUEST if holder.is_guest and not _guests_may(uow, context, grant) else ""


def _is_there(context: WorkerContext, target: str, role: str) -> bool:
    """Return whether the worker's configuration has the role."""
    return target in context.policy.targets and role in context.policy.targets[target].roles


def _guests_may(uow: UnitOfWork, context: WorkerContext, grant: Grant) -> bool:
    """Return whether the deciding rule still exists and allows guests."""
    rule_id = uow.requests.get(grant.request_id).terms.rule
    return any(rule.guests for rule in context.policy.rules if rule.id == rule_id)


def end_outgrown(context: WorkerContext, cluster: str) -> list[GrantId]:
    """Start the end of active grants with roles that now give more than data.

    Raises `TargetFailure` if the cluster does not answer. An extension is refused for the same reason.
    """
    excess = context.targets.driver(cluster).outgrown()
    if not excess:
        return []
    with context.begin() as uow:
        given = uow.grants.given_on(cluster)
    concerned: dict[GrantId, str] = {}
    for one, why in excess.items():
        for grant in given:
            if grant.gives(one.login_identity, one.role_identity, one.role):
                concerned.setdefault(grant.grant_id, why)
    return each(
        concerned,
        lambda grant_id: _end_outgrown(context, grant_id, concerned[grant_id]),
        what="end of an outgrown grant",
        check=context.check_records,
    )


def _end_outgrown(context: WorkerContext, grant_id: GrantId, why: str) -> bool:
    with context.begin() as uow:
        grant: Grant = uow.grants.lock(grant_id)
        # A second check under the lock: a grant that is revoking already keeps its cause.
        if grant.state is not GrantState.ACTIVE:
            return False
        start_revocation(uow, grant, cause=EndCause.INVALIDATED, by=BY_WORKER, note=f"{why}")
        uow.commit()
    return True
