"""The present terms of an extension, the same for requester, reviewer and worker."""

from datetime import timedelta

from dbaccess.domain.extension import Extendable, extendable, extension_terms
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.people import Person
from dbaccess.domain.policy import Policy
from dbaccess.domain.terms import Terms
from dbaccess.ports import UnitOfWork


def remaining_extension(uow: UnitOfWork, policy: Policy, holder: Person, grant: Grant) -> Extendable:
    """Return how much may be added now, by which rule; raises the `Refused` with the reason."""
    added = sum((extension.added for extension in uow.extensions.of(grant.id)), start=timedelta(0))
    granted = uow.requests.get(grant.request_id).terms
    return extendable(policy, holder, grant=grant, granted=granted, added=added, now=uow.now)


def current_extension_terms(uow: UnitOfWork, policy: Policy, holder: Person, asked: Terms) -> Terms:
    """Return the terms that the same extension has now; raises `Refused` if it is not allowed."""
    grant = uow.grants.get(GrantId(asked.of_grant or 0))
    return extension_terms(
        remaining_extension(uow, policy, holder, grant),
        granted=uow.requests.get(grant.request_id).terms,
        policy=policy,
        more=asked.duration,
        reason=asked.reason,
    )
