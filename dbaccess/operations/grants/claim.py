"""Grants that are due to end come under a worker's lease, and the intent is in the ledger."""

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
from dbaccess.operations.grants.end import advance_to_revoking
from dbaccess.operations.grants.extend import give_up
from dbaccess.ports import UnitOfWork

CUT_OFF_WITHIN, FINISH_WITHIN = timedelta(seconds=5), timedelta(seconds=60)
"""The most that a lease is good for. A worker that dies loses it at once, whatever time is left."""

LOCKED_FOR, FEW = timedelta(seconds=1), 20
"""Grants that no worker has claimed for so long may be locked; so few at once may hang or be locked."""

SOONEST, LATEST = timedelta(seconds=1), timedelta(seconds=60)

_log = structlog.get_logger(__name__)


def claim(
    context: WorkerContext, cluster: str, lease: str, *, begun: bool, limit: int, wait: bool = False
) -> list[Grant]:
    """Up to `limit` grants of the cluster, revoking and under the lease; several workers share what is due.

    Rows that another session has locked are left out; with `wait` those that are late are waited for.
    With `begun` an attempt has cut them off, and they are to be finished. Else they are to be cut off: they
    wait for their first attempt, or their worker died or hung in it.
    One that cannot be claimed keeps no other.
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
    """An extension that cannot be closed does not keep its grant from ending."""
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
    """In one transaction; `found` names those that are due before anything can fail."""
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
        uow.grants.save_all(claimed)
        uow.commit()
    taken += claimed


def _without_extensions(uow: UnitOfWork, due: Sequence[Grant]) -> list[Grant]:
    """Their holders hear of approved extensions that were not set in time."""
    active = [grant.id for grant in due if grant.state is GrantState.ACTIVE]
    waiting = uow.extensions.unsettled(active) if active else set()
    return [give_up(uow, grant) if grant.id in waiting else grant for grant in due]


def _begin(uow: UnitOfWork, due: Grant, lease: str, *, cuts: bool) -> Grant:
    """Cutting off is the first step of an attempt, and finishing goes on with the same one.

    Without `next_attempt_at` an attempt is under way. A worker that dies while it finishes leaves a time at
    which the next attempt begins: a grant that kills its worker does so once in a while, and not in a loop.
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
    """A tenth of the time that the end is late: what was in the way for 40 s is found gone within 4 s."""
    late = now - (grant.due_at or now)
    return min(max(late / 10, SOONEST), LATEST)
