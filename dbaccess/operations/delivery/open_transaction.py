"""The age of a holder's open transaction, which the end of the grant would roll back."""

from datetime import timedelta

from dbaccess.domain.errors import NotFound, TargetFailure
from dbaccess.domain.grant import GrantState, Recipe
from dbaccess.domain.policy import LoginKind
from dbaccess.domain.request import RequestId
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.delivery.request_details import grant_of
from dbaccess.operations.recipe import owed_by_others
from dbaccess.ports import UnitOfWork


def open_transaction_age(context: WorkerContext, request_id: RequestId) -> timedelta | None:
    """Return the age of the holder's transaction that has written; None if there is none, or unknown.

    The target is queried outside any transaction of ours, so that a slow target delays no other work.
    """
    with context.begin() as uow:
        grant = grant_of(uow, uow.requests.get(request_id))
        if grant is None or grant.state is not GrantState.ACTIVE or grant.recipe is None:
            return None
        recipe = grant.recipe
        if not _loses_sessions(uow, recipe):
            return None
    try:
        return context.targets.driver(recipe.cluster).open_transaction_age(recipe)
    except (TargetFailure, NotFound):
        return None


def _loses_sessions(uow: UnitOfWork, recipe: Recipe) -> bool:
    """Return whether the end closes sessions; a personal login that keeps all its roles keeps them."""
    if recipe.login_kind == LoginKind.EPHEMERAL.value:
        return True
    return bool(set(recipe.roles) - set(recipe.standing) - owed_by_others(uow, [recipe])[recipe.grant_id])
