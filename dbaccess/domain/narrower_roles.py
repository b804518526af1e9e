"""The roles that a reviewer may give instead of the requested one."""

from datetime import datetime

from dbaccess.domain.people import Person
from dbaccess.domain.policy import Policy, digest
from dbaccess.domain.terms import Terms


def roles_instead(policy: Policy, requester: Person, terms: Terms, *, now: datetime) -> tuple[str, ...]:
    """Return the roles that the terms name as narrower, if unchanged and not denied to the requester."""
    target = policy.targets.get(terms.target)
    if target is None:
        return ()
    return tuple(
        name
        for name, defined in terms.narrower
        if name in target.roles
        and digest(target.roles[name]) == defined
        and policy.decide(requester, target.name, name, duration=terms.duration, now=now).denied_by is None
    )
