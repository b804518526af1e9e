"""Approvals of what is not decided yet are looked at again."""

from functools import partial

from dbaccess.domain.errors import DirectoryTooOld
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, RequestId, RequestState, Review
from dbaccess.operations.batches import each
from dbaccess.operations.context import Hands
from dbaccess.operations.identity import Workspace, is_fresh
from dbaccess.operations.planning import announce
from dbaccess.operations.requests.count_approvals import counted, void
from dbaccess.operations.requests.pending import pending
from dbaccess.ports import UnitOfWork


def recount(hands: Hands) -> list[RequestId]:
    """Approvals by people who are not eligible any more have stopped counting, and the thread says so.

    Where people and this policy's groups were not read lately all count on; a click is refused then anyway.
    """
    with hands.begin() as uow:
        if not is_fresh(uow, hands.policy, hands.workspace):
            return []
    found = pending(hands, lambda uow, asked: bool(_fallen(uow, hands.policy, hands.workspace, asked)))
    return each(found, partial(_void, hands), what="recounting", check=hands.check_records)


def _void(hands: Hands, request_id: RequestId) -> bool:
    with hands.begin() as uow:
        request = uow.requests.lock(request_id)
        if request.state is not RequestState.PENDING or not is_fresh(uow, hands.policy, hands.workspace):
            return False
        fallen = _fallen(uow, hands.policy, hands.workspace, request)
        if not void(uow, request, fallen, actor="worker"):
            return False
        announce(uow, request.id)
        uow.commit()
    return True


def _fallen(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, request: Request
) -> tuple[tuple[Review, str], ...]:
    try:
        return counted(uow, policy, workspace, request).fallen
    except DirectoryTooOld:
        return ()
