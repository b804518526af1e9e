"""What is open for one person: what they hold, wait for, and may review."""

from collections.abc import Collection
from dataclasses import dataclass

from dbaccess.domain.errors import Refused
from dbaccess.domain.grant import Grant
from dbaccess.domain.limits import SHOWN
from dbaccess.domain.lockdown import LockdownRow
from dbaccess.domain.overview import Holding, ToReview
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, Verdict
from dbaccess.domain.terms import RequestKind
from dbaccess.domain.truncated_list import Some
from dbaccess.operations.identity import Workspace, identify
from dbaccess.operations.queries.lockdowns import lockdowns_seen
from dbaccess.operations.requests.eligibility import check_reviewer
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
    lockdowns: tuple[LockdownRow, ...]


def mine(uow: UnitOfWork, *, policy: Policy, workspace: Workspace, slack_id: SlackId) -> Mine:
    """What this person sees under `list`; raises where we cannot know who they are."""
    person = identify(uow, slack_id, policy, workspace)
    accounts = policy.accounts(slack_id)
    reviews, owed = to_review(uow, policy, workspace, person)
    waiting = uow.requests.pending_of(accounts)
    return Mine(
        holds=tuple(uow.grants.open_of(accounts)),
        waits=tuple(request for request in waiting if not _is_debt(request)),
        reviews=reviews,
        owed=owed,
        owes=tuple(request for request in waiting if _is_debt(request)),
        lockdowns=lockdowns_seen(uow, policy, person),
    )


def to_review(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, person: Person
) -> tuple[tuple[ToReview, ...], tuple[ToReview, ...]]:
    """What this person may review now, oldest first: pending requests, and break-glasses to be closed."""
    # Most people review nothing: what is not asked of their groups is not looked at one by one.
    asked = uow.requests.pending_for(policy.groups_of(person))
    uow.reviews.keep([request.id for request in asked])
    found = [request for request in asked if _may_review(uow, policy, workspace, request, person)]
    people = uow.directory.people(request.requester_slack_id for request in found)
    names = {slack_id: known.name for slack_id, known in people.items()}
    shown = [
        ToReview(request=request, requester_name=names.get(request.requester_slack_id, request.requester))
        for request in found
    ]
    return (
        tuple(one for one in shown if not _is_debt(one.request)),
        tuple(one for one in shown if _is_debt(one.request)),
    )


def waits_of(uow: UnitOfWork, accounts: Collection[SlackId]) -> tuple[Request, ...]:
    """What the person with these accounts waits for; a review that they owe is for others to do."""
    return tuple(request for request in uow.requests.pending_of(accounts) if not _is_debt(request))


def _is_debt(request: Request) -> bool:
    return request.terms.kind is RequestKind.BREAK_GLASS_REVIEW


def to_revoke(uow: UnitOfWork, policy: Policy, person: Person, *, others_only: bool = False) -> Some[Holding]:
    """The first of the grants, not on their way out yet, that this person may end now: as `may_revoke` says.

    Oldest first; `others_only`: those of others, by their end.
    """
    groups = None if policy.is_operator(person) else policy.groups_of(person)
    found = uow.grants.revocable(
        frozenset() if person.is_guest else groups,
        policy.accounts(person.slack_id),
        others_only=others_only,
        limit=SHOWN,
    )
    people = uow.directory.people(grant.holder_slack_id for grant in found)
    names = {slack_id: known.name for slack_id, known in people.items()}
    held = (
        Holding(grant=grant, holder_name=names.get(grant.holder_slack_id, grant.holder)) for grant in found
    )
    return Some(held, found.more)


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
