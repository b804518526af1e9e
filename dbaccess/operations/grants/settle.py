"""Recording and reporting of the outcomes of attempts to end grants."""

from collections.abc import Mapping, Sequence
from functools import partial

import structlog

from dbaccess.domain.end_progress import EndProgress
from dbaccess.domain.errors import TargetFailure, TargetUnreachable
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.failures import TOLD_AFTER
from dbaccess.domain.grant import Grant, GrantId, GrantState
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.receipt import Receipt
from dbaccess.domain.request import RequestId
from dbaccess.operations.batches import in_halves
from dbaccess.operations.context import WorkerContext, backoff
from dbaccess.operations.delivery.digest import plan_digest
from dbaccess.operations.grants.claim import retry_wait
from dbaccess.operations.grants.lease import FREE
from dbaccess.operations.grants.overdue_alarm import AFTER, alarms
from dbaccess.operations.message_updates import schedule_grant_updates
from dbaccess.ports import Job, UnitOfWork

Outcome = Receipt | TargetFailure | None
"""None: nothing was ever begun on the target, so there is nothing to examine."""
Settled = tuple[Grant, Outcome]
Done = Mapping[GrantId, EndProgress]
_Planned = tuple[RequestId, MessageKind, str]

_log = structlog.get_logger(__name__)


def settle(context: WorkerContext, results: Sequence[Settled], done: Done, *, wait: bool = False) -> None:
    """Record each outcome: the grant has ended, or its attempt failed. One failure stops no other.

    Work `done` for a grant without a receipt is stored for the later receipt.
    """
    record = partial(_settle, context, done, wait=wait)
    in_halves(results, record, alone=partial(_settle_alone, context, done), check=context.check_records)


def _settle_alone(context: WorkerContext, done: Done, result: Settled, error: Exception) -> None:
    """Count the attempt as failed if its result cannot be recorded; the next one examines again."""
    grant, _ = result
    _log.error("result not recorded", grant=grant.label, exc_info=error)
    unrecorded = TargetFailure(
        f"The result could not be recorded ({type(error).__name__}).", code="unrecorded", touched=True
    )
    try:
        _settle(context, done, [(grant, unrecorded)])
    except Exception as again:  # noqa: BLE001 the boundary of one grant's end; its next attempt has a time
        _log.error("failure not recorded", grant=grant.label, exc_info=again)


def _settle(context: WorkerContext, done: Done, results: Sequence[Settled], *, wait: bool = False) -> None:
    outcomes = {grant.id: (grant, outcome) for grant, outcome in results}
    with context.begin() as uow:
        saved: list[Grant] = []
        told: list[Grant] = []
        planned: list[_Planned] = []
        # Locked rows are skipped, except in a run for locked rows alone: their grants are due again soon.
        for grant in uow.grants.lock_free(outcomes.keys(), wait=wait):
            mine, outcome = outcomes[grant.id]
            if grant.state is not GrantState.REVOKING:
                continue
            # A verified result is true under any lease; otherwise slow ends could chase each other.
            if not isinstance(outcome, TargetFailure):
                saved.append(_end(context, uow, grant, outcome, planned))
                told.append(grant)
            elif grant.lease_id == mine.lease_id:
                saved.append(_fail(uow, grant, outcome))
                # Otherwise each attempt would edit the Slack messages.
                told += [grant] if _is_news(grant, outcome) else []
        failed = [grant for grant in saved if grant.state is GrantState.REVOKING]
        planned += alarms(context, uow, [grant for grant in failed if grant.attempts >= TOLD_AFTER])
        uow.grants.save_all(saved)
        ended = {grant.id for grant in saved if grant.state is GrantState.ENDED}
        # Also for grants that another worker has claimed since, or that are locked.
        uow.grants.add_progress({one: done[one] for one in outcomes.keys() - ended if one in done})
        uow.messages.plan_all(plan_digest(uow, context.policy, saved, planned))
        schedule_grant_updates(uow, told)
        _come_back(uow, saved)
        uow.commit()


def _end(
    context: WorkerContext, uow: UnitOfWork, grant: Grant, receipt: Receipt | None, planned: list[_Planned]
) -> Grant:
    ended = advance(
        grant,
        EventKind.GRANT_ENDED,
        ended_at=uow.now,
        receipt=receipt,
        **FREE,
        next_attempt_at=None,
        last_failure=None,
    )
    cause = grant.end_cause.value if grant.end_cause else None
    seen = receipt.as_json() if receipt else None
    uow.record(_event(ended, EventKind.GRANT_ENDED, {"cause": cause, "receipt": seen}))
    request, holder = grant.request_id, grant.holder_slack_id
    if grant.activated_at is None:
        planned.append((request, MessageKind.NEVER_ACTIVE, holder))
    else:
        planned += [(request, MessageKind.THREAD_ENDED, ""), (request, MessageKind.ENDED, holder)]
    if grant.attempts > TOLD_AFTER or uow.now - (grant.due_at or uow.now) > AFTER:
        planned.append((request, MessageKind.ENDED_LATE, context.policy.ops_channel))
    return ended


def _fail(uow: UnitOfWork, grant: Grant, failure: TargetFailure) -> Grant:
    # `watch` polls a server that is away, and makes its grants due when it answers.
    away = isinstance(failure, TargetUnreachable)
    failed = advance(
        grant,
        EventKind.GRANT_REVOKE_FAILED,
        **FREE,
        next_attempt_at=uow.now + (backoff(grant.attempts) if away else retry_wait(grant, uow.now)),
        last_failure=failure.code,
    )
    data = {"code": failure.code, "said": str(failure), "attempt": grant.attempts}
    uow.record(_event(failed, EventKind.GRANT_REVOKE_FAILED, data))
    return failed


def _is_news(grant: Grant, failure: TargetFailure) -> bool:
    return grant.attempts <= TOLD_AFTER or grant.last_failure != failure.code


def _come_back(uow: UnitOfWork, saved: Sequence[Grant]) -> None:
    """Schedule one job for all grants due in the same second: a job handles its whole cluster."""
    failed = [grant for grant in saved if grant.next_attempt_at is not None]
    soonest = {
        grant.next_attempt_at.replace(microsecond=0): grant for grant in failed if grant.next_attempt_at
    }
    for grant in soonest.values():
        uow.enqueue(Job.REVOKE, grant.id, at=grant.next_attempt_at)


def _event(grant: Grant, kind: EventKind, data: dict[str, object]) -> Event:
    return Event(kind=kind, actor=BY_WORKER, request_id=grant.request_id, grant_id=grant.id, data=data)
