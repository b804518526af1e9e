"""Checkpoints to the witnesses: each at least once, in order, and the alarm about a witness that fails."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.errors import WitnessFailure
from dbaccess.domain.notice import NoticeKind
from dbaccess.domain.witness import WitnessState
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.message_updates import plan_notice
from dbaccess.ports import Stream, UnitOfWork, Witness

_log = structlog.get_logger(__name__)

BATCH: Final = 100
"""A witness that was away is caught up in parts: progress is stored after each."""

TOLD_AFTER: Final = timedelta(minutes=5)


def deliver_checkpoints(context: WorkerContext, witness: Witness) -> None:
    """Store the checkpoints that the witness lacks; safe to repeat, and on several hosts at once.

    Raises `WitnessFailure` after it recorded the failure. The operators hear of one that lasts, once.
    """
    with context.begin() as uow:
        state, now = state_of(uow, witness), uow.now
        waiting = _waiting(uow, witness, state, now)
    stored = state
    # No transaction is open here: a place that hangs must hold no connection to the control database.
    for signed in waiting:
        try:
            witness.store(signed.checkpoint.seq, signed.line())
        except WitnessFailure as error:
            save_failure(context, stored, str(error))
            raise
        stored = replace(stored, seq=signed.checkpoint.seq, stored_at=now)
    if waiting:
        save_state(context, replace(stored, failing_since=None, failure=""))
        if state.failing_since is not None:
            _log.info("witness recovered", place=witness.place, seq=stored.seq)


def _waiting(uow: UnitOfWork, witness: Witness, state: WitnessState, now: datetime) -> list[SignedCheckpoint]:
    if witness.every is None:
        return uow.checkpoints.after(state.seq, limit=BATCH)
    last = uow.checkpoints.last()
    is_due = state.stored_at is None or now - state.stored_at >= witness.every
    return [last] if last is not None and last.checkpoint.seq > state.seq and is_due else []


def state_of(uow: UnitOfWork, place: Witness | Stream) -> WitnessState:
    """Return how far the place is.

    A place that is new here may have had another name, such as a file before its host was renamed. If its
    last entry is one of this ledger, so are all before it, and it goes on from there.
    """
    state = uow.witnesses.state(place.place)
    held = place.held() if state.seq == 0 else None
    return replace(state, seq=held.seq or 0) if held is not None and uow.ledger.holds(held) else state


def forget_removed(context: WorkerContext) -> None:
    """Record no failure of a place that this worker does not use: it is no longer tried. Safe to repeat.

    Its progress stays. If the place comes back, here or on the host that has it, it goes on from there.
    """
    used = {one.place for one in context.witnesses} | {one.place for one in context.streams}
    with context.begin() as uow:
        for state in uow.witnesses.all():
            if state.failing_since is not None and state.place not in used:
                uow.witnesses.save(replace(state, failing_since=None, failure=""))
                _log.info("witness removed", place=state.place, seq=state.seq)
        uow.commit()


def save_state(context: WorkerContext, state: WitnessState) -> None:
    """Store how far a witness or a stream is."""
    with context.begin() as uow:
        uow.witnesses.save(state)
        uow.commit()


def save_failure(context: WorkerContext, stored: WitnessState, why: str) -> None:
    """Record that a witness or a stream failed; plan the alarm if it has failed for some time."""
    with context.begin() as uow:
        since = stored.failing_since or uow.now
        uow.witnesses.save(replace(stored, failing_since=since, failure=why[:500]))
        if uow.now - since >= TOLD_AFTER:
            plan_notice(
                uow,
                NoticeKind.WITNESS_FAILS,
                key=f"witness:{stored.place}:{since.isoformat()}",
                channel=context.policy.ops_channel,
                data={"place": stored.place, "seq": stored.seq, "since": since.isoformat(), "why": why[:500]},
            )
        uow.commit()
