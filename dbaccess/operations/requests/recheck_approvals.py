"""Re-check of the approvals of pending requests."""

from functools import partial

from dbaccess.domain.errors import Changed, DirectoryTooOld, NotEligible
from dbaccess.domain.events import BY_WORKER
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, RequestId, RequestState, Review
from dbaccess.operations.batches import each
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.identity import Workspace, check_fresh, is_fresh, look_up
from dbaccess.operations.message_updates import schedule_message_update
from dbaccess.operations.requests.count_approvals import count_approvals, void
from dbaccess.operations.requests.eligibility import check_may_ask, terms_now
from dbaccess.operations.requests.pending import pending
from dbaccess.ports import UnitOfWork


def recheck_approvals(context: WorkerContext) -> list[RequestId]:
    """Void approvals by people who are no longer eligible, with a line in the thread; return the requests.

    Without a recent reading of people and groups all approvals count; clicks are refused then anyway.
    """
    with context.begin() as uow:
        if not is_fresh(uow, context.policy, context.workspace):
            return []
    found = pending(context, lambda uow, asked: bool(_fallen(uow, context.policy, context.workspace, asked)))
    return each(found, partial(_void, context), what="approval recheck", check=context.check_records)


def _void(context: WorkerContext, request_id: RequestId) -> bool:
    with context.begin() as uow:
        request = uow.requests.lock(request_id)
        if request.state is not RequestState.PENDING or not is_fresh(uow, context.policy, context.workspace):
            return False
        fallen = _fallen(uow, context.policy, context.workspace, request)
        if not void(uow, request, fallen, actor=BY_WORKER):
            return False
        schedule_message_update(uow, request.id)
        uow.commit()
    return True


def _fallen(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, request: Request
) -> tuple[tuple[Review, str], ...]:
    try:
        return count_approvals(uow, policy, workspace, request).fallen
    except DirectoryTooOld:
        return ()


def recheck(uow: UnitOfWork, policy: Policy, workspace: Workspace, request: Request) -> None:
    """Return if the present policy, people and groups carry the approval.

    Raises `DirectoryTooOld` if that is unknown now, and another `Refused` if they do not.
    """
    check_fresh(uow, policy, workspace)
    if request.state is not RequestState.APPROVED:
        raise Changed(f"{request.label} is {request.state}.")
    if request.terms.fingerprint != request.fingerprint:
        raise Changed(f"{request.label} is not what was approved.")
    requester = look_up(uow, request.requester_slack_id, policy)
    if requester is None:
        raise NotEligible("The requester is no longer known.")
    check_may_ask(uow, requester, workspace)
    if terms_now(uow, policy, requester, request) != request.fingerprint:
        raise Changed(f"The worker's policy has other terms for {request.label}.")
    if not count_approvals(uow, policy, workspace, request).quorum.is_met:
        raise NotEligible("A reviewer who approved may no longer review this.")
