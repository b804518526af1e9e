"""What a holder has begun on the target and the end of the grant would undo."""

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
    """How long a transaction of theirs that wrote is open, looked at now; None: none, or it is not known.

    The target is asked outside any transaction of ours: while it keeps us waiting nobody waits for us.
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
    """A personal login whose roles all stay keeps its sessions, and what they have begun."""
    if recipe.login_kind == LoginKind.EPHEMERAL.value:
        return True
    return bool(set(recipe.roles) - set(recipe.standing) - owed_by_others(uow, [recipe])[recipe.grant_id])
