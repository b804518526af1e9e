"""Failed attempts on a target: what is recorded, and who is told."""

import structlog

from dbaccess.domain.errors import NotFound, TargetFailure
from dbaccess.domain.grant import Grant, GrantId
from dbaccess.domain.message import MessageKind
from dbaccess.domain.request import RequestId
from dbaccess.operations.context import WorkerContext
from dbaccess.ports import UnitOfWork

_log = structlog.get_logger(__name__)


def as_failure(error: Exception, grant_id: GrantId, *, doing: str, touched: bool) -> TargetFailure:
    """Return the failure to record; an unexpected error is logged, and affects this grant alone.

    `touched`: whether the attempt may have changed the target. `NotFound`: this worker has no URL for the
    cluster. Called before the grant is locked, because logging a trace may take seconds.
    """
    if isinstance(error, TargetFailure):
        return TargetFailure(str(error), code=error.code, touched=error.touched and touched)
    if isinstance(error, NotFound):
        return TargetFailure(str(error), code="configuration", touched=False)
    _log.error(f"{doing} failed unexpectedly", grant=f"G-{grant_id}", exc_info=error)
    said = f"{type(error).__name__}, an unexpected error. The worker's log has the details."
    return TargetFailure(said, code="unexpected", touched=touched)


def tell_problem(context: WorkerContext, uow: UnitOfWork, grant: Grant, request_id: RequestId) -> None:
    """Plan a message to the holder and the operators, once, that the grant is not active."""
    uow.messages.plan(request_id, MessageKind.PROBLEM, channel=grant.holder_slack_id)
    uow.messages.plan(request_id, MessageKind.OPS_PROBLEM, channel=context.policy.ops_channel)
