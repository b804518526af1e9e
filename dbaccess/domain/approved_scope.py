"""The part of a request that is approved: a role and a duration."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedScope:
    """A role of the request's target and a duration, never more than was asked."""

    role: str
    duration: timedelta


def asked(terms: Terms) -> ApprovedScope:
    return ApprovedScope(role=terms.role, duration=terms.duration)


def narrowest(terms: Terms, approved: Iterable[ApprovedScope]) -> ApprovedScope:
    """Return what all of these allow: the shortest time, and the narrower role if one names it.

    Without any approval this is what was asked. The order does not matter.
    """
    found = asked(terms)
    for one in approved:
        role = one.role if found.role == terms.role else found.role
        found = ApprovedScope(role=role, duration=min(found.duration, one.duration))
    return found


def is_within(given: ApprovedScope, offer: ApprovedScope, terms: Terms) -> bool:
    """Return whether the scope is no more than the offer; once a narrower role is on offer, no other fits."""
    roles = {offer.role}
    if offer.role == terms.role:
        roles |= {name for name, _ in terms.narrower}
    return given.role in roles and timedelta(0) < given.duration <= offer.duration


def offer_fingerprint(terms: Terms, offer: ApprovedScope) -> str:
    """Return what an approval of this scope is bound to.

    This is the terms' own fingerprint if the scope is all of them.
    """
    if offer == asked(terms):
        return terms.fingerprint
    seconds = int(offer.duration.total_seconds())
    shown = {"terms": terms.fingerprint, "role": offer.role, "duration_seconds": seconds}
    return hashlib.sha256(canonical_bytes(shown)).hexdigest()
