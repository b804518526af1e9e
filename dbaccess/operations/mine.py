"""What is open for one person: what they hold, wait for, and may review."""

from dataclasses import dataclass

from dbaccess.domain.errors import Refused
from dbaccess.domain.grant import Grant
from dbaccess.domain.overview import Holding, ToReview
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, Verdict
from dbaccess.operations.eligibility import check_reviewer
from dbaccess.operations.end_grant import may_revoke
from dbaccess.operations.identify import Workspace, identify
from dbaccess.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """Oldest first."""

    holds: tuple[Grant, ...]
    waits: tuple[Request, ...]
    reviews: tuple[ToReview, ...]


def mine(uow: UnitOfWork, *, policy: Policy, workspace: Workspace, slack_id: SlackId) -> Mine:
    """What this person sees under `list`; raises where we cannot know who they are."""
    person = identify(uow, slack_id, workspace)
    me = policy.person_id(slack_id)
    return Mine(
        holds=tuple(uow.grants.open_of(me)),
        waits=tuple(uow.requests.pending_of(me)),
        reviews=to_review(uow, policy, workspace, person),
    )


def to_review(uow: UnitOfWork, policy: Policy, workspace: Workspace, person: Person) -> tuple[ToReview, ...]:
    """The pending requests that this person may review now, oldest first."""
    found = [r for r in uow.requests.pending() if _may_review(uow, policy, workspace, r, person)]
    people = uow.directory.people(request.requester_slack_id for request in found)
    names = {slack_id: known.name for slack_id, known in people.items()}
    return tuple(
        ToReview(request=request, requester_name=names.get(request.requester_slack_id, request.requester))
        for request in found
    )


def to_revoke(uow: UnitOfWork, policy: Policy, person: Person) -> tuple[Holding, ...]:
    """The grants, not on their way out yet, that this person may end now, oldest first."""
    found = [
        grant
        for grant in uow.grants.open()
        if grant.revoking_at is None and may_revoke(uow, policy, grant, person)
    ]
    people = uow.directory.people(grant.holder_slack_id for grant in found)
    names = {slack_id: known.name for slack_id, known in people.items()}
    return tuple(
        Holding(grant=grant, holder_name=names.get(grant.holder_slack_id, grant.holder)) for grant in found
    )


def _may_review(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, request: Request, person: Person
) -> bool:
    try:
        check_reviewer(
            uow,
            policy=policy,
            workspace=workspace,
            request=request,
            reviewer=person,
            verdict=Verdict.APPROVED,
        )
    except Refused:
        return False
    return True
