"""What is open for one person: what they hold, wait for, and may review."""

from dataclasses import dataclass

from dbaccess.domain.errors import Refused
from dbaccess.domain.grant import Grant
from dbaccess.domain.overview import Holding, ToReview
from dbaccess.domain.people import Person, PersonId, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, Verdict
from dbaccess.domain.terms import RequestKind
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
    owed: tuple[ToReview, ...]
    """Reviews of break-glasses that this person may close."""
    owes: tuple[Request, ...]
    """Those of their own that somebody else has to close."""


def mine(uow: UnitOfWork, *, policy: Policy, workspace: Workspace, slack_id: SlackId) -> Mine:
    """What this person sees under `list`; raises where we cannot know who they are."""
    person = identify(uow, slack_id, policy, workspace)
    me = policy.person_id(slack_id)
    return Mine(
        holds=tuple(uow.grants.open_of(me)),
        waits=waits_of(uow, me),
        reviews=to_review(uow, policy, workspace, person),
        owed=to_judge(uow, policy, workspace, person),
        owes=tuple(request for request in uow.requests.pending_of(me) if _is_debt(request)),
    )


def to_review(uow: UnitOfWork, policy: Policy, workspace: Workspace, person: Person) -> tuple[ToReview, ...]:
    """The pending requests that this person may review now, oldest first."""
    return _reviewable(uow, policy, workspace, person, debts=False)


def to_judge(uow: UnitOfWork, policy: Policy, workspace: Workspace, person: Person) -> tuple[ToReview, ...]:
    """The reviews of break-glasses that this person may close now, oldest first."""
    return _reviewable(uow, policy, workspace, person, debts=True)


def waits_of(uow: UnitOfWork, me: PersonId) -> tuple[Request, ...]:
    """What this person waits for; a review that they owe is for others to do."""
    return tuple(request for request in uow.requests.pending_of(me) if not _is_debt(request))


def _is_debt(request: Request) -> bool:
    return request.terms.kind is RequestKind.BREAK_GLASS_REVIEW


def _reviewable(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, person: Person, *, debts: bool
) -> tuple[ToReview, ...]:
    # Most people review nothing: what is not asked of their groups is not looked at one by one.
    asked = uow.requests.pending_for(policy.groups_of(person))
    found = [r for r in asked if _is_debt(r) is debts and _may_review(uow, policy, workspace, r, person)]
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
