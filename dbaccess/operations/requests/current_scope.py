"""The scope of an approval now, compared with what the reviewer was shown."""

from dbaccess.domain.approved_scope import ApprovedScope, asked, is_within, narrowest, offer_fingerprint
from dbaccess.domain.duration import format_duration
from dbaccess.domain.errors import Changed, NotLess
from dbaccess.domain.grant import Grant
from dbaccess.domain.narrower_roles import roles_instead
from dbaccess.domain.people import Person
from dbaccess.domain.policy import Policy
from dbaccess.domain.request import Request, Review
from dbaccess.domain.terms import RequestKind
from dbaccess.operations.identity import look_up, unconfirmed
from dbaccess.operations.requests.eligibility import CHANGED
from dbaccess.ports import UnitOfWork


def current_scope(uow: UnitOfWork, request: Request) -> ApprovedScope:
    """Return the least that all approvals so far allow; without any, what was asked."""
    return narrowest(request.terms, _scopes(uow.reviews.of(request.id)))


def check_shown_scope(
    uow: UnitOfWork, policy: Policy, request: Request, *, shown: str, less: ApprovedScope | None
) -> ApprovedScope:
    """Return what the reviewer approves, of the offer they were `shown`; `less` if they want less.

    Raises `NotLess`, and `Changed` if the offer is another now, naming the reviewer who approved less
    meanwhile.
    """
    offer = current_scope(uow, request)
    if shown != offer_fingerprint(request.terms, offer):
        raise Changed(_meanwhile(uow, policy, request, shown))
    if less is not None and (less == offer or less.duration > offer.duration):
        raise NotLess(f"Less than {format_duration(offer.duration)}, please pick one.")
    if less is not None and request.terms.kind is not RequestKind.ACCESS:
        raise Changed(CHANGED)
    given = less or offer
    requester = look_up(uow, request.requester_slack_id, policy)
    if not is_within(given, offer, request.terms) or not _may_be(uow, policy, requester, request, given.role):
        raise Changed(CHANGED)
    return given


def check_granted(uow: UnitOfWork, policy: Policy, request: Request, grant: Grant) -> None:
    """Raise `Changed` unless the grant is the least that was approved, as this policy defines it.

    Raises `DirectoryTooOld` if that depends on unconfirmed groups of the requester.
    """
    if ApprovedScope(role=grant.role, duration=grant.duration) != current_scope(uow, request):
        raise Changed(f"{grant.label} is not what was approved.")
    requester = look_up(uow, request.requester_slack_id, policy)
    if not _may_be(uow, policy, requester, request, grant.role):
        if requester is not None and _may_be(uow, policy, requester.as_before, request, grant.role):
            raise unconfirmed(requester)
        raise Changed(f"The worker's policy has another {grant.role} on {grant.target}, or denies it.")


def _may_be(uow: UnitOfWork, policy: Policy, requester: Person | None, request: Request, role: str) -> bool:
    terms = request.terms
    if role == terms.role:
        return True
    return requester is not None and role in roles_instead(policy, requester, terms, now=uow.now)


def _scopes(reviews: list[Review]) -> list[ApprovedScope]:
    return [review.scope for review in reviews if review.approves and review.scope is not None]


def _meanwhile(uow: UnitOfWork, policy: Policy, request: Request, shown: str) -> str:
    """Name the reviewer who reduced it since it was shown; otherwise say only that it changed."""
    offer = asked(request.terms)
    was_shown = shown == offer_fingerprint(request.terms, offer)
    for review in uow.reviews.of(request.id):
        if not review.approves or review.scope is None:
            continue
        becomes = narrowest(request.terms, [offer, review.scope])
        if was_shown and becomes != offer:
            person = look_up(uow, review.reviewer_slack_id, policy)
            name = person.shown if person else review.reviewer
            return f"{name} approved {_in_words(becomes, offer)} meanwhile. Look again."
        offer = becomes
        was_shown = shown == offer_fingerprint(request.terms, offer)
    return CHANGED


def _in_words(given: ApprovedScope, instead_of: ApprovedScope) -> str:
    length = format_duration(given.duration)
    if given.role == instead_of.role:
        return length
    return given.role if given.duration == instead_of.duration else f"{given.role}, {length}"
