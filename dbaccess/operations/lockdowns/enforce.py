"""Enforcement of lockdowns, and the notices about them and their lifts."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import structlog

from dbaccess.domain.grant import EndCause, GrantId, GrantState
from dbaccess.domain.lockdown import Lockdown
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.policy import Policy
from dbaccess.operations.batches import BATCH, each, in_halves
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants.end_early import start_revocations
from dbaccess.operations.message_updates import plan_notice
from dbaccess.ports import UnitOfWork

FEW = 20
"""The most locked grants that are waited for at once."""

MOST = 100
"""The most lockdowns of one round, because a compromised bot may declare any number."""

LIFT_IS_NEWS = timedelta(days=1)

_log = structlog.get_logger(__name__)


def enforce_lockdowns(context: WorkerContext) -> int:
    """Start the end of every grant that a lockdown covers; return how many. Safe to repeat.

    An open lockdown is enforced in every round. A later round finds a grant whose approval was committed at
    the same time as the declaration, or that a compromised bot makes. A lockdown that was lifted before a
    worker saw it still ends the grants from before it. A failure of one stops no other.
    """
    with context.begin() as uow:
        lockdowns = uow.lockdowns.to_enforce(limit=MOST)
        declared = uow.lockdowns.untold(targets=[*context.policy.targets], limit=MOST)
        since = uow.now - LIFT_IS_NEWS
        lifted = uow.lockdowns.untold_lifts(since=since, targets=[*context.policy.targets], limit=MOST)
    sent: list[GrantId] = []
    check = context.check_records
    each(lockdowns, partial(_enforce, context, sent), what="lockdown enforcement", check=check)
    each(declared, partial(_tell, context, NoticeKind.LOCKDOWN), what="lockdown notice", check=check)
    each(lifted, partial(_tell, context, NoticeKind.LOCKDOWN_LIFTED), what="lift notice", check=check)
    return len(sent)


def _enforce(context: WorkerContext, sent: list[GrantId], lockdown: Lockdown) -> None:
    """Start the end of each grant; a failure is logged, retried in the next round, and stops no other.

    Free rows come first, then locked ones are waited for. `end_blockers` ends only sessions that keep a
    worker waiting. If locked rows were only skipped, a compromised bot could keep a grant out of the
    lockdown.
    """
    wait = False
    while held := _held(context, lockdown):
        before = len(sent)
        in_halves(
            held[:FEW] if wait else held,
            partial(_send_out, context, lockdown, sent, wait=wait),
            alone=_not_sent,
            check=context.check_records,
        )
        if len(sent) == before:
            if wait:
                break
            wait = True


def _held(context: WorkerContext, lockdown: Lockdown) -> list[GrantId]:
    """Return some grants that it must end and that are not revoking."""
    spare = context.policy.break_glass_in_lockdown
    with context.begin() as uow:
        held = uow.grants.to_lock_down(lockdown, spare_break_glass=spare, limit=BATCH)
        if not held:
            _settle(uow, lockdown)
            uow.commit()
    return held


def _send_out(
    context: WorkerContext,
    lockdown: Lockdown,
    sent: list[GrantId],
    grant_ids: Sequence[GrantId],
    *,
    wait: bool,
) -> None:
    with context.begin() as uow:
        free = uow.grants.lock_free(grant_ids, wait=wait)
        held = [grant for grant in free if grant.state in {GrantState.PROVISIONING, GrantState.ACTIVE}]
        by, why = lockdown.declared_by, lockdown.reason
        start_revocations(uow, held, cause=EndCause.LOCKED_DOWN, by=by, note=why)
        uow.commit()
    sent += [grant.id for grant in held]


def _not_sent(grant_id: GrantId, error: Exception) -> None:
    _log.error("lockdown not enforced", grant=f"G-{grant_id}", exc_info=error)


def _settle(uow: UnitOfWork, lockdown: Lockdown) -> None:
    """Record the enforcement once no grant from before its declaration is left."""
    if lockdown.enforced_at is None and not uow.lockdowns.progress(lockdown).held:
        uow.lockdowns.enforced(lockdown.id, at=uow.now)


def _tell(context: WorkerContext, kind: NoticeKind, lockdown: Lockdown) -> None:
    key = f"{kind.value}:{lockdown.id}"
    with context.begin() as uow:
        if uow.notices.knows(key):
            return
        declared = f"{NoticeKind.LOCKDOWN.value}:{lockdown.id}"
        # Not waited for: a notice is locked during a call to Slack, and ends wait for this round.
        if kind is NoticeKind.LOCKDOWN or uow.notices.look_again(declared, at=uow.now):
            for channel in channels_of(context.policy, lockdown):
                plan_notice(uow, kind, key=key, channel=channel, data={"lockdown": lockdown.id})
        uow.commit()


def channels_of(policy: Policy, lockdown: Lockdown) -> list[str]:
    """Return the operators' channel, and those of the covered targets, each once."""
    covered = [target for target in policy.targets.values() if lockdown.covers(target.name)]
    return list(dict.fromkeys([policy.ops_channel, *(target.channel for target in covered)]))
