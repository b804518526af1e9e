"""Grants of one person on one login at one time: each statement is counted under one of them."""

from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.policy import LoginKind
from dbaccess.ports import UnitOfWork


def shared_with(uow: UnitOfWork, grant: Grant) -> tuple[GrantId, ...]:
    """Return the other grants that had the grant's login at the same time, as a person's own can."""
    if grant.recipe is None or grant.recipe.login_kind != LoginKind.PERSONAL.value:
        return ()
    held = uow.activity.logins(grant.cluster, [grant.recipe.login])
    mine = [one for one in held if one.grant_id == grant.id]
    others = [one for one in held if one.grant_id != grant.id]
    return tuple(one.grant_id for one in others if any(one.overlaps(own) for own in mine))
