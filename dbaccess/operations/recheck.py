"""Whether an approval is still worth what it was."""

from dbaccess.domain.errors import Changed, NotEligible
from dbaccess.domain.policy import Policy
from dbaccess.domain.quorum import missing_slots
from dbaccess.domain.request import Request, RequestState, Review, Verdict
from dbaccess.operations.eligibility import terms_now
from dbaccess.operations.identify import Workspace, check_fresh, check_may_act, check_read_lately
from dbaccess.ports import UnitOfWork


def recheck(uow: UnitOfWork, policy: Policy, workspace: Workspace, request: Request) -> None:
    """Returns where this policy, the people and their groups of this moment carry the approval.

    Raises `DirectoryTooOld` where that cannot be known now, any other `Refused` where they do not.
    """
    check_fresh(uow, workspace)
    if request.state is not RequestState.APPROVED:
        raise Changed(f"{request.label} is {request.state}.")
    if request.terms.fingerprint != request.fingerprint:
        raise Changed(f"{request.label} is not what was approved.")
    requester = uow.directory.person(request.requester_slack_id)
    if requester is None:
        raise NotEligible("The requester is not known any more.")
    check_read_lately(uow, requester)
    check_may_act(requester, workspace)
    if terms_now(policy, requester, request) != request.fingerprint:
        raise Changed(f"The worker's policy has other terms for {request.label}.")
    good = [r for r in uow.reviews.of(request.id) if _counts(uow, policy, workspace, request, r)]
    people = {policy.person_id(review.reviewer_slack_id) for review in good}
    if len(people) != len(good) or missing_slots(request.terms.approvals, [r.group for r in good]):
        raise NotEligible("Somebody who approved may not review this any more.")


def _counts(uow: UnitOfWork, policy: Policy, workspace: Workspace, request: Request, review: Review) -> bool:
    if review.verdict is not Verdict.APPROVED or review.fingerprint != request.fingerprint:
        return False
    person = uow.directory.person(review.reviewer_slack_id)
    if person is not None and person.sources:
        check_read_lately(uow, person)
    if person is None or not person.may_act or person.is_guest or person.team_id != workspace.team_id:
        return False
    if policy.person_id(review.reviewer_slack_id) == policy.person_id(request.requester_slack_id):
        return False
    return policy.belongs(person, review.group)
