"""Claims of grants that are due to end: a lease, with the intent in the ledger."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.grant import EndCause, Grant, GrantId, GrantState
from dbaccess.domain.lifecycle import advance
from dbaccess.operations.batches import in_halves
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.grants.end_early import advance_to_revoking
from dbaccess.operations.grants.extension_outcome import give_up
from dbaccess.ports import UnitOfWork

CUT_OFF_WITHIN, FINISH_WITHIN = timedelta(seconds=5), timedelta(seconds=60)
"""The longest times of a lease. A worker that dies loses it at once."""

LOCKED_FOR, FEW = timedelta(seconds=1), 20
"""Grants that no worker claimed for `LOCKED_FOR` may be locked; at most `FEW` at once may hang or be locked.
"""

SOONEST, LATEST = timedelta(seconds=1), timedelta(seconds=60)

_log = structlog.get_logger(__name__)


def claim(
    context: WorkerContext, cluster: str, lease: str, *, begun: bool, limit: int, wait: bool = False
) -> list[Grant]:
    """Return up to `limit` grants of the cluster, revoking and leased; several workers share them.

    Rows that another session has locked are left out; with `wait` late ones are waited for. With `begun` they
    are cut off and have to be finished. Without it they have to be cut off: they wait for their first
    attempt, or their worker died or hung in it. A grant that cannot be claimed stops no other.
    """
    found: list[GrantId] = []
    taken: list[Grant] = []
    take = partial(_take, context, cluster, lease, begun=begun, limit=limit, taken=taken, wait=wait)
    try:
        take(None, found=found)
    except Exception:
        if not found:
            raise
        in_halves(found, take, alone=partial(_take_alone, take), check=context.check_records)
    return taken


def _take_alone(take: partial[None], grant_id: GrantId, error: Exception) -> None:
    """Claim one grant; an extension that cannot be closed does not stop the end."""
    _log.error("claim failed", grant=f"G-{grant_id}", exc_info=error)
    take([grant_id], extensions=False)


def _take(
    context: WorkerContext,
    cluster: str,
    lease: str,
    only: Collection[GrantId] | None,
    *,
    begun: bool,
    limit: int,
    taken: list[Grant],
    found: list[GrantId] | None = None,
    extensions: bool = True,
    wait: bool = False,
) -> None:
    """Claim in one transaction; `found` names the due grants before any step can fail."""
    with context.begin() as uow:
        over = uow.now - LOCKED_FOR if wait else uow.now
        due = uow.grants.due_to_end(cluster, over, limit=limit, begun=begun, only=only, wait=wait)
        if found is not None:
            found += [grant.id for grant in due]
        if not due:
            return
        if extensions:
            due = _without_extensions(uow, due)
        claimed = [_begin(uow, grant, lease, cuts=not begun) for grant in due]
        # This worker goes on with them. A wake-up would set every process to work beside it.
        uow.grants.save_all(claimed, wakes=False)
        uow.commit()
    taken += claimed


def _without_extensions(uow: UnitOfWork, due: Sequence[Grant]) -> list[Grant]:
    """Drop the approved extensions of these grants, and tell their holders."""
    active = [grant.id for grant in due if grant.state is GrantState.ACTIVE]
    waiting = uow.extensions.unsettled(active) if active else set()
    return [give_up(uow, grant) if grant.id in waiting else grant for grant in due]


def _begin(uow: UnitOfWork, due: Grant, lease: str, *, cuts: bool) -> Grant:
    """Begin an attempt by the cut-off, or continue it by the finish.

    Without `next_attempt_at` an attempt is under way. A worker that dies while it finishes leaves a time for
    the next attempt. So a grant that kills its worker does not kill the next one at once.
    """
    grant = advance_to_revoking(uow, due, cause=EndCause.EXPIRED) if due.state is GrantState.ACTIVE else due
    goes_on = not cuts and grant.next_attempt_at is None
    begun = grant if goes_on else _attempt(uow, grant)
    return replace(
        begun,
        lease_id=lease,
        lease_until=uow.now + (CUT_OFF_WITHIN if cuts else FINISH_WITHIN),
        next_attempt_at=None if cuts else uow.now + retry_wait(begun, uow.now),
    )


def _attempt(uow: UnitOfWork, grant: Grant) -> Grant:
    begun = advance(grant, EventKind.GRANT_REVOKE_STARTED, attempts=grant.attempts + 1)
    uow.record(started_event(begun))
    return begun


def started_event(grant: Grant) -> Event:
    return Event(
        kind=EventKind.GRANT_REVOKE_STARTED,
        actor=BY_WORKER,
        request_id=grant.request_id,
        grant_id=grant.id,
        data={"attempt": grant.attempts},
    )


def retry_wait(grant: Grant, now: datetime) -> timedelta:
    """Return a tenth of the lateness: an obstacle of 40 s is found gone within 4 s."""
    late = now - (grant.due_at or now)
    return min(max(late / 10, SOONEST), LATEST)
