"""The right to review a request now, and whether the request is unchanged."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from dbaccess.domain.errors import (
    AlreadyDecided,
    AlreadyReviewed,
    BadReason,
    Changed,
    DirectoryTooOld,
    NotEligible,
    OwnRequest,
    Refused,
)
from dbaccess.domain.people import Person, PersonId, SlackId
from dbaccess.domain.policy import Ask, Policy
from dbaccess.domain.quorum import Voice, helps
from dbaccess.domain.request import Request, RequestState, Review, Verdict
from dbaccess.domain.rule import Rule
from dbaccess.domain.target import Target
from dbaccess.domain.terms import RequestKind, Terms
from dbaccess.domain.text import visible_length
from dbaccess.operations.identity import Workspace, check_may_act, check_read_lately, look_up, unconfirmed
from dbaccess.operations.requests.count_approvals import count_approvals
from dbaccess.operations.requests.request_extension import current_extension_terms
from dbaccess.ports import UnitOfWork

CHANGED: Final = "This changed, look again."


def check_reviewer(
    uow: UnitOfWork,
    *,
    policy: Policy,
    workspace: Workspace,
    request: Request,
    reviewer: Person,
    verdict: Verdict,
) -> tuple[str, ...]:
    """Return the groups for which this person may give that verdict now; raises with the reason.

    Any member of the groups may deny; an approval has to fill an open slot.
    """
    me = policy.person_id(reviewer.slack_id)
    groups = list(dict.fromkeys(group for group, _ in request.terms.approvals))
    # The policy may have joined two accounts to one person since the request.
    if me == request.requester or policy.is_same(reviewer.slack_id, request.requester_slack_id):
        raise own_request(groups)
    reviews = uow.reviews.of(request.id)
    if request.state is not RequestState.PENDING:
        raise _decided(uow, policy, request, reviews)
    if uow.now >= request.decide_by:
        raise AlreadyDecided(f"{request.label} was not decided in time; it lapses now.")
    mine = tuple(g for g in groups if policy.belongs(reviewer, g)) if not reviewer.is_guest else ()
    if not mine:
        raise not_in_groups(groups)
    for review in reviews:
        if review.reviewer == me:
            raise AlreadyReviewed(_before(review))
    if verdict is Verdict.APPROVED:
        voices = count_approvals(uow, policy, workspace, request).voices
        if not helps(request.terms.approvals, voices, Voice(reviewer=me, groups=mine)):
            raise NotEligible(f"The approval of {' and '.join(mine)} is already given.")
    return mine


def membership_read_at(uow: UnitOfWork, policy: Policy, reviewer: Person, groups: Iterable[str]) -> datetime:
    """Return when Slack was read for this membership: of several sources that list the reviewer, the oldest.

    A group that names the account itself rests on the reading of that account.
    """
    listing = {source for group in groups for source in policy.groups[group]} & reviewer.sources
    return uow.directory.oldest_reading(listing) or reviewer.read_at


def read_in_entry(read_at: datetime | None) -> dict[str, str]:
    """Return what the entry of a review says of that reading, as the database writes the row's time."""
    return {"membership_read_at": read_at.isoformat(timespec="microseconds")} if read_at else {}


def check_unchanged(
    uow: UnitOfWork, policy: Policy, workspace: Workspace, request: Request, fingerprint: str
) -> None:
    """Raise `Changed` unless the shown terms, the requested terms and the present policy agree.

    Raises `DirectoryTooOld` if it is unknown whether the requester may still request it.
    """
    check_shown(request, fingerprint)
    changed = Changed(CHANGED)
    requester = look_up(uow, request.requester_slack_id, policy)
    if requester is None:
        raise changed
    try:
        check_may_ask(uow, requester, workspace)
        if terms_now(uow, policy, requester, request) != request.fingerprint:
            raise changed
    except DirectoryTooOld:
        raise
    except Refused as refused:
        raise changed from refused


def check_shown(request: Request, fingerprint: str) -> None:
    """Raise `Changed` unless what was shown and what is recorded are one thing."""
    if fingerprint != request.fingerprint or request.terms.fingerprint != request.fingerprint:
        raise Changed(CHANGED)


def check_note(note: str) -> None:
    """Raise `BadReason` for a verdict without a reason."""
    if not visible_length(note):
        raise BadReason("Say why in the note.")


def own_request(groups: list[str]) -> OwnRequest:
    """Return what to raise where people would review what they asked for."""
    return OwnRequest(f"Your own request: somebody else in {' or '.join(groups)} reviews it.")


def not_in_groups(groups: list[str]) -> NotEligible:
    """Return what to raise where a person is in none of the groups that review."""
    only = " or ".join(groups) or "nobody"
    return NotEligible(f"Only {only} reviews this; you are not in {only}.")


def already_decided(
    uow: UnitOfWork, policy: Policy, slack_id: SlackId, reviewer: PersonId, verdict: Verdict, at: datetime
) -> AlreadyDecided:
    """Return what to raise where another person's verdict was the last one."""
    person = look_up(uow, slack_id, policy)
    return AlreadyDecided(f"{person.shown if person else reviewer} {verdict} this ", at, ".")


def check_may_ask(uow: UnitOfWork, requester: Person, workspace: Workspace) -> None:
    """Raise if the requester's account may no longer act, or was not read lately."""
    check_read_lately(uow, requester)
    check_may_act(requester, workspace)


def terms_now(uow: UnitOfWork, policy: Policy, requester: Person, request: Request) -> str:
    """Return the fingerprint that the same ask would have now; raises `Refused` if it is not allowed.

    Raises `DirectoryTooOld` if it differs only by a group that Slack has just removed the requester from.
    """
    changed = requester.missing and not _is_as_asked(uow, policy, requester, request)
    if changed and _is_as_asked(uow, policy, requester.as_before, request):
        raise unconfirmed(requester)
    return _terms_now(uow, policy, requester, request).fingerprint


def _is_as_asked(uow: UnitOfWork, policy: Policy, requester: Person, request: Request) -> bool:
    try:
        return _terms_now(uow, policy, requester, request).fingerprint == request.fingerprint
    except Refused:
        return False


def _terms_now(uow: UnitOfWork, policy: Policy, requester: Person, request: Request) -> Terms:
    terms = request.terms
    if terms.kind is RequestKind.EXTENSION:
        return current_extension_terms(uow, policy, requester, terms)
    ask = Ask(
        target=terms.target,
        role=terms.role,
        duration=terms.duration,
        reason=terms.reason,
        ticket=terms.ticket,
        break_glass=terms.break_glass,
    )
    return policy.terms(requester, ask, policy.check(requester, ask, now=uow.now))


def _before(review: Review) -> str:
    if review.voided_at is None:
        return "You have reviewed this already."
    why = f"Your approval of this no longer counts: {review.voided_why}."
    return f"{why} Another reviewer has to approve it."


def _decided(uow: UnitOfWork, policy: Policy, request: Request, reviews: list[Review]) -> AlreadyDecided:
    last = reviews[-1] if reviews else None
    if last is None or request.state not in {RequestState.APPROVED, RequestState.DENIED}:
        return AlreadyDecided(f"{request.label} is already {request.state}.")
    return already_decided(uow, policy, last.reviewer_slack_id, last.reviewer, last.verdict, last.reviewed_at)


def reviews_for(policy: Policy, person: Person, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Return the person's groups among those that the rules ask for a review, in the rules' order."""
    if person.is_guest:
        return ()
    asked = dict.fromkeys(group for rule in rules for group in rule.reviewing)
    return tuple(group for group in asked if policy.belongs(person, group))


def covers(rule: Rule, target: Target) -> bool:
    """Return whether the rule covers some role of the target."""
    named = not rule.targets or target.name in rule.targets
    return named and (not rule.env or target.env in rule.env)
