"""Pending requests, read a batch at a time, because a compromised bot can create any number."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

import structlog

from dbaccess.domain.request import Request, RequestId
from dbaccess.operations.batches import in_halves
from dbaccess.operations.context import WorkerContext
from dbaccess.ports import UnitOfWork

BATCH: Final = 200

_log = structlog.get_logger(__name__)

Wanted = Callable[[UnitOfWork, Request], bool]


def pending(context: WorkerContext, wanted: Wanted) -> Iterator[RequestId]:
    """Yield the ids of pending requests for which `wanted` is true, in order, a transaction for each batch.

    A request that fails is logged, and hides no other.
    """
    last = RequestId(0)
    while True:
        with context.begin() as uow:
            batch = uow.requests.pending_ids(after=last, limit=BATCH)
        if not batch:
            return
        last = batch[-1]
        found: list[RequestId] = []
        look = partial(_look, context, wanted, found)
        in_halves(batch, look, alone=_not_seen, check=context.check_records)
        yield from found


def _look(context: WorkerContext, wanted: Wanted, found: list[RequestId], batch: Sequence[RequestId]) -> None:
    with context.begin() as uow:
        seen = [request.id for request in uow.requests.readable(batch) if wanted(uow, request)]
    found += seen


def _not_seen(request_id: RequestId, error: Exception) -> None:
    _log.error("request not read", request=f"R-{request_id}", exc_info=error)
