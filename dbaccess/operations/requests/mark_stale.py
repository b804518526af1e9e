"""Marking of requests as stale, so that reviewers do not decide them."""

from functools import partial

from dbaccess.domain.errors import AlreadyDecided, DirectoryTooOld, Refused
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.lifecycle import advance
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import Request, RequestId, RequestState, StaleWhy
from dbaccess.operations.batches import each
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.identity import is_fresh, look_up
from dbaccess.operations.message_updates import schedule_message_update
from dbaccess.operations.requests.eligibility import check_may_ask, terms_now
from dbaccess.operations.requests.pending import pending
from dbaccess.ports import UnitOfWork


def mark_stale(context: WorkerContext) -> list[RequestId]:
    """Mark pending requests as stale that the present policy, people and groups do not allow; return them.

    Without a recent reading of people and groups none is marked, because their state is unknown. A person has
    left a group once a second reading of Slack confirms it.
    """
    with context.begin() as uow:
        if not is_fresh(uow, context.policy, context.workspace):
            return []
    found = pending(context, lambda uow, request: _why(uow, context, request) is not None)
    return each(found, partial(_close, context), what="staleness check", check=context.check_records)


def _close(context: WorkerContext, request_id: RequestId) -> bool:
    """Mark it after a second check under the lock: a reviewer may have decided meanwhile."""
    with context.begin() as uow:
        request = uow.requests.lock(request_id)
        if request.state is not RequestState.PENDING or not is_fresh(uow, context.policy, context.workspace):
            return False
        why = _why(uow, context, request)
        if why is None:
            return False
        uow.requests.save(advance(request, EventKind.REQUEST_STALE, decided_at=uow.now, stale_why=why))
        data = {"why": why.value, "policy_hash": context.policy.hash}
        uow.record(Event(kind=EventKind.REQUEST_STALE, actor=BY_WORKER, request_id=request.id, data=data))
        uow.messages.plan(request.id, MessageKind.STALE, channel=request.requester_slack_id)
        schedule_message_update(uow, request.id)
        uow.commit()
    return True


def _why(uow: UnitOfWork, context: WorkerContext, request: Request) -> StaleWhy | None:
    """Return why it is stale; None if it can be decided, or if that is unknown now."""
    is_over = uow.now >= request.decide_by  # then it lapses
    requester = None if is_over else look_up(uow, request.requester_slack_id, context.policy)
    if requester is None:
        return None
    changed = context.policy.hash != request.policy_hash
    try:
        check_may_ask(uow, requester, context.workspace)
        same = terms_now(uow, context.policy, requester, request) == request.fingerprint
    except DirectoryTooOld:
        return None
    except AlreadyDecided:
        return StaleWhy.GRANT_ENDED
    except Refused:
        return StaleWhy.POLICY_FORBIDS if changed else StaleWhy.NO_RULE
    if same:
        return None
    return StaleWhy.POLICY_CHANGED if changed else StaleWhy.OTHER_RULE
