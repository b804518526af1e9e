"""The check that an approval is still valid."""

from dbaccess.domain.errors import Changed, NotEligible
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, RequestState
from dbaccess.operations.identity import Workspace, check_fresh, look_up
from dbaccess.operations.requests.count_approvals import count_approvals
from dbaccess.operations.requests.eligibility import check_may_ask, terms_now
from dbaccess.ports import UnitOfWork


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
