"""How much of what was asked is approved: which role, and for how long."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedScope:
    """A role of the request's target, and a time: never more than was asked."""

    role: str
    duration: timedelta


def asked(terms: Terms) -> ApprovedScope:
    return ApprovedScope(role=terms.role, duration=terms.duration)


def narrowest(terms: Terms, approved: Iterable[ApprovedScope]) -> ApprovedScope:
    """What all of these allow: the shortest time, and the narrower role where one is of it.

    Of none it is what was asked. Whatever their order, it is the same.
    """
    found = asked(terms)
    for one in approved:
        role = one.role if found.role == terms.role else found.role
        found = ApprovedScope(role=role, duration=min(found.duration, one.duration))
    return found


def is_within(given: ApprovedScope, offer: ApprovedScope, terms: Terms) -> bool:
    """Whether it is no more than the offer: once a narrower role is on offer, there is no other."""
    roles = {offer.role}
    if offer.role == terms.role:
        roles |= {name for name, _ in terms.narrower}
    return given.role in roles and timedelta(0) < given.duration <= offer.duration


def offer_fingerprint(terms: Terms, offer: ApprovedScope) -> str:
    """What an approval of so much is bound to: the terms' own fingerprint, as long as it is all of them."""
    if offer == asked(terms):
        return terms.fingerprint
    seconds = int(offer.duration.total_seconds())
    shown = {"terms": terms.fingerprint, "role": offer.role, "duration_seconds": seconds}
    return hashlib.sha256(canonical_bytes(shown)).hexdigest()
