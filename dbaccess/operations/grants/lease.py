"""The lease under which one worker works on one grant, to give or extend it.

A worker takes it before it touches the target, and looks at it again right before the target's commit. So a
worker that stalled changes nothing once another worker has its grant.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import structlog

from dbaccess.domain.errors import LostLease, NotFound, TargetFailure
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.operations.context import LEASE, WorkerContext
from dbaccess.operations.lockdown_effect import lockdown_of
from dbaccess.ports import Job, UnitOfWork

_log = structlog.get_logger(__name__)

FREE: Final[dict[str, Any]] = {"lease_id": None, "lease_until": None}
"""The fields of a grant that no worker has."""

_NEXT: Final = {
    GrantState.PROVISIONING: Job.PROVISION,
    GrantState.ACTIVE: Job.EXTEND,
    GrantState.REVOKING: Job.REVOKE,
}

Failed = Callable[[UnitOfWork, Grant, TargetFailure], None]
"""Records a failed attempt on the grant, which is locked."""


def begin_attempt(grant: Grant, lease: str, *, now: datetime, next_attempt_at: datetime) -> dict[str, Any]:
    """Return the fields with which an attempt begins.

    Where this worker dies, the lease goes with it, and the next attempt comes as after a failure.
    """
    return {
        "lease_id": lease,
        "lease_until": now + LEASE,
        "attempts": grant.attempts + 1,
        "next_attempt_at": next_attempt_at,
    }


def is_due(uow: UnitOfWork, grant: Grant) -> bool:
    """Return whether an attempt is due, and no worker that lives has the grant."""
    early = grant.next_attempt_at is not None and grant.next_attempt_at > uow.now
    return not early and uow.grants.is_free(grant, uow.now)


def is_mine(grant: Grant, mine: Grant) -> bool:
    """Return whether the grant is still what this worker has as `mine`: its lease, and its state."""
    return grant.lease_id == mine.lease_id and grant.state is mine.state


def check_lease(context: WorkerContext, mine: Grant) -> None:
    """Raise `LostLease` unless this worker may commit on the target what it did about the grant.

    It is the last look before that commit: a lockdown that was committed before wins.
    """
    with context.begin() as uow:
        grant = uow.grants.get(mine.id)
        holds = is_mine(grant, mine) and grant.lease_until is not None and uow.now < grant.lease_until
        in_time = grant.expires_at is not None and uow.now < grant.expires_at
        if not (holds and in_time):
            raise LostLease(f"{grant.label} is no longer leased to this worker.")
        if lockdown_of(uow, context.policy, grant) is not None:
            raise LostLease(f"{grant.target} is in lockdown.")


def work_under_lease(
    context: WorkerContext, mine: Grant, work: Callable[[], None], *, doing: str, failed: Failed
) -> None:
    """Do the work on the target; what it raises is this grant's failure alone, and `failed` records it.

    Where the lease was lost, nothing was committed on the target: the next worker may go on at once.
    """
    try:
        work()
    except LostLease:
        _hand_on(context, mine)
    except Exception as error:  # noqa: BLE001 the boundary of one grant, once the target may have been changed
        context.check_records()
        _record(context, mine, as_failure(error, mine.id, doing=doing, touched=True), failed)


def as_failure(error: Exception, grant_id: GrantId, *, doing: str, touched: bool) -> TargetFailure:
    """Return the failure to record; an unexpected error is logged, and affects this grant alone.

    `touched`: whether the attempt may have changed the target. `NotFound`: this worker has no URL for the
    cluster. Called before the grant is locked, because logging a trace may take seconds.
    """
    if isinstance(error, TargetFailure):
        return TargetFailure(str(error), code=error.code, touched=error.touched and touched)
    if isinstance(error, NotFound):
        return TargetFailure(str(error), code="configuration", touched=False)
    _log.error(f"{doing} failed unexpectedly", grant=f"G-{grant_id}", exc_info=error)
    said = f"{type(error).__name__}, an unexpected error. The worker's log has the details."
    return TargetFailure(said, code="unexpected", touched=touched)


def hand_to_revoker(uow: UnitOfWork, grant: Grant, mine: Grant) -> None:
    """The revoker has the grant now, under no lease of the worker that had it as `mine`; another's stays."""
    if grant.lease_id == mine.lease_id:
        uow.grants.save(replace(grant, **FREE, next_attempt_at=uow.now))
    uow.enqueue(Job.REVOKE, grant.id)


def _hand_on(context: WorkerContext, mine: Grant) -> None:
    with context.begin() as uow:
        grant = uow.grants.lock(mine.id)
        if grant.lease_id == mine.lease_id:
            uow.grants.save(replace(grant, **FREE, next_attempt_at=uow.now))
            uow.enqueue(_NEXT[grant.state], grant.id)
            uow.commit()


def _record(context: WorkerContext, mine: Grant, failure: TargetFailure, failed: Failed) -> None:
    """Record the failure, unless another worker has the grant."""
    with context.begin() as uow:
        grant = uow.grants.lock(mine.id)
        if grant.lease_id != mine.lease_id:
            return
        if grant.state is mine.state:
            failed(uow, grant, failure)
        else:
            hand_to_revoker(uow, grant, mine)
        uow.commit()
