"""Everything that is known of a request is read at one moment."""

from dbaccess.domain.people import SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import RequestId
from dbaccess.domain.story import ReviewerGroup, Story
from dbaccess.operations.identify import Workspace
from dbaccess.ports import UnitOfWork


def tell(uow: UnitOfWork, policy: Policy, workspace: Workspace, request_id: RequestId) -> Story:
    """The story of a request as it is in this transaction; raises `NotFound`."""
    request = uow.requests.get(request_id)
    reviews = uow.reviews.of(request_id)
    grant = uow.grants.of_request(request_id)
    terms = request.terms
    target = policy.targets.get(terms.target)
    role = target.roles.get(terms.role) if target else None
    rule = next((rule for rule in policy.rules if rule.id == terms.rule), None)
    shown = uow.credential_views.shown_before(grant.id) if grant else None
    people = [request.requester_slack_id, *(review.reviewer_slack_id for review in reviews)]
    if grant is not None and grant.ended_by is not None:
        people.append(SlackId(grant.ended_by))  # who has no entry under [people] is known by their account
    return Story(
        request=request,
        reviews=tuple(reviews),
        grant=grant,
        people=uow.directory.people(people),
        groups=tuple(_group(policy, name, count) for name, count in terms.approvals),
        operators=_group(policy, "operators", 1),
        can=role.can if role else "",
        cannot=role.cannot if role else "",
        connect=target.connect if target else "",
        requester_groups=rule.requester if rule else (),
        workspace_url=workspace.url,
        credentials_shown=shown is not None,
        now=uow.now,
    )


def _group(policy: Policy, name: str, count: int) -> ReviewerGroup:
    return ReviewerGroup(name=name, sources=policy.groups.get(name, ()), count=count)
