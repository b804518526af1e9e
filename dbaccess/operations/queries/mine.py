"""The list of one person: what they hold, wait for, and may review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dbaccess.domain.break_glass_review import BreakGlassReview
from dbaccess.domain.errors import Refused
from dbaccess.domain.grant import Grant
from dbaccess.domain.holder import Named
from dbaccess.domain.limits import SHOWN
from dbaccess.domain.lockdown import LockdownRow
from dbaccess.domain.message import Refusal
from dbaccess.domain.overview import BreakGlassToReview, Holding, ToReview
from dbaccess.domain.people import Person, SlackId
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, RequestId, Verdict
from dbaccess.domain.truncated_list import Some
from dbaccess.domain.typed import bare_name
from dbaccess.operations.activity.use import uses_of
from dbaccess.operations.break_glass.review import check_may_close
from dbaccess.operations.identity import Workspace, identify, look_up_all
from dbaccess.operations.queries.who import lockdowns_seen
from dbaccess.operations.requests.eligibility import check_reviewer
from dbaccess.ports import PendingFor, UnitOfWork

PAGE, PAGES = 2 * SHOWN, 5
"""Requests that are read at once, and how often, to find those that a person may review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """The lists are sorted with the oldest first, and `reviews` by the time of the lapse."""

    holds: tuple[Grant, ...]
    waits: tuple[Request, ...]
    reviews: Some[ToReview]
    break_glass_reviews: tuple[BreakGlassToReview, ...]
    """Break-glass reviews that this person may close."""
    unreviewed: tuple[BreakGlassReview, ...]
    """The person's own break-glass reviews, which others have to close."""
    lockdowns: tuple[LockdownRow, ...]
    refusals: Mapping[RequestId, Refusal]
    """The refusals of those of `waits` that Slack does not show to reviewers."""


def mine(uow: UnitOfWork, *, policy: Policy, workspace: Workspace, slack_id: SlackId) -> Mine:
    """Return what `list` shows this person; raises if the person cannot be identified."""
    person = identify(uow, slack_id, policy, workspace)
    accounts = policy.accounts(slack_id)
    waits = tuple(uow.requests.pending_of(accounts))
    return Mine(
        holds=tuple(uow.grants.open_of(accounts)),
        waits=waits,
        refusals=uow.messages.refusals_of([request.id for request in waits]),
        reviews=to_review(uow, policy, workspace, person),
        break_glass_reviews=break_glass_to_review(uow, policy, person),
        unreviewed=tuple(uow.break_glass_reviews.pending_of(accounts)),
        lockdowns=lockdowns_seen(uow, policy, person),
    )


def to_review(uow: UnitOfWork, policy: Policy, workspace: Workspace, person: Person) -> Some[ToReview]:
    """Return the first pending requests that this person may review now, those that lapse first at the front.

    However many wait, a few pages are read and checked. The rest is only counted, with those whose slot for
    this person is filled.
    """
    reviewer = PendingFor(
        policy.person_id(person.slack_id), policy.accounts(person.slack_id), policy.groups_of(person)
    )
    found: list[Request] = []
    looked_at, after = 0, None
    for _ in range(PAGES):
        page = uow.requests.pending_for(reviewer, uow.now, after=after, limit=PAGE)
        uow.reviews.keep([request.id for request in page.requests])
        found += [one for one in page.requests if _may_review(uow, policy, workspace, one, person)]
        looked_at, after = looked_at + len(page.requests), page.last
        if after is None or len(found) >= SHOWN:
            break
    more = 0 if after is None else uow.requests.count_pending_for(reviewer, uow.now) - looked_at
    names = _requester_names(uow, policy, found)
    listed = (ToReview(request=request, requester_name=names[request.id]) for request in found)
    return Some(listed, max(0, more))


def break_glass_to_review(uow: UnitOfWork, policy: Policy, person: Person) -> tuple[BreakGlassToReview, ...]:
    """Return the reviews of break-glasses that this person may close now, oldest first."""
    pending = uow.break_glass_reviews.pending_for(policy.groups_of(person))
    found = [review for review in pending if _may_close(uow, policy, review, person)]
    names = _requester_names(uow, policy, [review.request for review in found])
    return tuple(
        BreakGlassToReview(review=review, requester_name=names[review.request.id]) for review in found
    )


def _requester_names(uow: UnitOfWork, policy: Policy, requests: Sequence[Request]) -> dict[RequestId, str]:
    people = look_up_all(uow, (request.requester_slack_id for request in requests), policy)
    names = {slack_id: known.shown for slack_id, known in people.items()}
    return {request.id: names.get(request.requester_slack_id, request.requester) for request in requests}


def to_revoke(
    uow: UnitOfWork, policy: Policy, person: Person, *, others_only: bool = False, of: str = ""
) -> Some[Holding]:
    """Return the first grants that this person may end now, as `may_revoke` decides.

    Oldest first; with `others_only` those of others, sorted by their end. `of` names a target or a holder, in
    any case: by the name under `[people]`, a Slack account, the displayed name or its first word.
    """
    groups = None if policy.is_operator(person) else policy.groups_of(person)
    found = uow.grants.revocable(
        frozenset() if person.is_guest else groups,
        policy.accounts(person.slack_id),
        others_only=others_only,
        limit=SHOWN,
        of=_named(uow, policy, of) if of else None,
    )
    people = look_up_all(uow, (grant.holder_slack_id for grant in found), policy)
    names = {slack_id: known.shown for slack_id, known in people.items()}
    uses = uses_of(uow, policy, found)
    held = (
        Holding(
            grant=grant,
            holder_name=names.get(grant.holder_slack_id, grant.holder),
            use=uses[grant.id],
        )
        for grant in found
    )
    return Some(held, found.more)


def _named(uow: UnitOfWork, policy: Policy, text: str) -> Named:
    """Return what the text names among all that is held, so that a long list hides no grant."""
    held, meant = uow.grants.holders(), bare_name(text)
    named = [one.account for one in held if one.is_called(text)]
    named += [account for account, name in policy.aliases.items() if meant in map(bare_name, (account, name))]
    return Named(
        accounts=frozenset(account for one in named for account in policy.accounts(one)),
        targets=frozenset(one.target for one in held if bare_name(one.target) == meant),
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


def _may_close(uow: UnitOfWork, policy: Policy, review: BreakGlassReview, person: Person) -> bool:
    try:
        check_may_close(uow, policy=policy, review=review, reviewer=person)
    except Refused:
        return False
    return True
