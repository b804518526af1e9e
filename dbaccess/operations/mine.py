"""What is open for one person: what they hold, wait for, and may review."""

from dataclasses import dataclass

from dbaccess.domain.errors import Refused
from dbaccess.domain.grant import Grant
from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request
from dbaccess.operations.eligibility import check_reviewer
from dbaccess.operations.identify import Workspace, identify
from dbaccess.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """Oldest first. `names` are those of the people who asked for what waits for a review."""

    holds: tuple[Grant, ...]
    waits: tuple[Request, ...]
    reviews: tuple[Request, ...]
    names: dict[SlackId, str]


def mine(uow: UnitOfWork, *, policy: Policy, workspace: Workspace, slack_id: SlackId) -> Mine:
    """What this person sees under `list`; raises where we cannot know who they are."""
    person = identify(uow, slack_id, workspace)
    me = policy.person_id(slack_id)
    reviews = []
    for request in uow.requests.pending():
        try:
            check_reviewer(uow, policy, request, person)
        except Refused:
            continue
        reviews.append(request)
    people = uow.directory.people(request.requester_slack_id for request in reviews)
    return Mine(
        holds=tuple(uow.grants.open_of(me)),
        waits=tuple(uow.requests.pending_of(me)),
        reviews=tuple(reviews),
        names={slack_id: person.name for slack_id, person in people.items()},
    )
