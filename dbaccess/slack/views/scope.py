"""The approved scope in words, when it is less than requested."""

from dbaccess.domain.approved_scope import ApprovedScope, asked, narrowest
from dbaccess.domain.duration import format_duration
from dbaccess.domain.request import Review
from dbaccess.domain.request_details import RequestDetails
from dbaccess.slack.text import inline
from dbaccess.slack.views import phrases


def is_less(details: RequestDetails) -> bool:
    return details.scope != asked(details.request.terms)


def scope_on_offer(details: RequestDetails) -> str:
    """Return `2 h`, after the role if a narrower one is on offer; not escaped."""
    if not is_less(details):
        return phrases.asked_length(details.request)
    same_role = details.scope.role == details.request.terms.role
    return length(details) if same_role else f"{details.scope.role}, {length(details)}"


def length(details: RequestDetails) -> str:
    """Return the time on offer: `1 h`, `1 h more`."""
    return (
        phrases.asked_length(details.request)
        if not is_less(details)
        else format_duration(details.scope.duration)
    )


def what(details: RequestDetails) -> str:
    """Return the role on offer or granted: `read on orders-prod`; not escaped."""
    return f"{details.scope.role} on {details.request.terms.target}"


def header(details: RequestDetails) -> str:
    """Return `read on orders-prod, 1 h (asked write, 2 h)`; not escaped."""
    found, before = details.scope, asked(details.request.terms)
    said = f"{what(details)}, {format_duration(found.duration)}"
    return f"{said} (asked {_only(before, found)})" if is_less(details) else said


def shortened(details: RequestDetails) -> list[str]:
    """Return a sentence for each reviewer who approved less than was on offer, with the note; escaped."""
    terms, offer, said = details.request.terms, asked(details.request.terms), []
    for review in details.reviews:
        if not review.approves or review.scope is None:
            continue
        becomes = narrowest(terms, [offer, review.scope])
        if becomes != offer:
            said.append(_sentence(details, review, becomes, offer))
        offer = becomes
    return said


def instead(details: RequestDetails, review: Review) -> str:
    """Return ` 1 h instead of 2 h`; empty if the review covers all of it; escaped."""
    before = asked(details.request.terms)
    if review.scope is None or review.scope == before:
        return ""
    return f" {inline(_only(review.scope, before))} instead of {inline(_only(before, review.scope))}"


def _sentence(details: RequestDetails, review: Review, given: ApprovedScope, before: ApprovedScope) -> str:
    who = phrases.reviewer_with_group(details, review)
    less = f"{inline(_only(given, before))} instead of {inline(_only(before, given))}"
    return phrases.noted(f"{who} approved {less}", review.note)


def _only(scope: ApprovedScope, other: ApprovedScope) -> str:
    """Return the parts of a scope that differ from the other's."""
    length = format_duration(scope.duration)
    if scope.role == other.role:
        return length
    return scope.role if scope.duration == other.duration else f"{scope.role}, {length}"
