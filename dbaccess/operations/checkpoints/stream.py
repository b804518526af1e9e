"""The ledger's entries to a stream: each at least once, in order, with an alarm about one that fails."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Final

import structlog

from dbaccess.domain.errors import WitnessFailure
from dbaccess.domain.ledger import Entry
from dbaccess.operations.checkpoints.deliver import save_failure, save_state, state_of
from dbaccess.operations.context import WorkerContext
from dbaccess.ports import Stream

_log = structlog.get_logger(__name__)

BATCH: Final = 200
LARGEST: Final = 4 * 1024 * 1024
"""In bytes of entries: one entry alone may be larger."""


def stream_entries(context: WorkerContext, stream: Stream) -> bool:
    """Send the next entries that the stream lacks, and return whether there may be more.

    Safe to repeat, and on several hosts at once: then entries come twice. Raises `WitnessFailure` after it
    recorded the failure; the operators hear of one that lasts, once.
    """
    with context.begin() as uow:
        state, now = state_of(uow, stream), uow.now
        entries = _next(islice(uow.ledger.entries(after=state.seq), BATCH))
    if not entries:
        return False
    # No transaction is open here: a receiver that hangs must hold no connection to the control database.
    try:
        stream.take(entries)
    except WitnessFailure as error:
        save_failure(context, state, str(error))
        raise
    seq = entries[-1].seq
    save_state(context, replace(state, seq=seq, stored_at=now, failing_since=None, failure=""))
    if state.failing_since is not None:
        _log.info("stream recovered", place=stream.place, seq=seq)
    return True


def stream_all(context: WorkerContext, stream: Stream) -> None:
    """Send entries until the stream has all of them."""
    while stream_entries(context, stream):
        """Each part is recorded before the next one is read."""


def _next(entries: Iterable[Entry]) -> list[Entry]:
    found: list[Entry] = []
    size = 0
    for entry in entries:
        size += len(entry.body)
        if found and size > LARGEST:
            break
        found.append(entry)
    return found
