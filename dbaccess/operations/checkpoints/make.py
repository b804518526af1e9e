"""A checkpoint while the ledger grows, and the alarm when none comes."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from dbaccess.domain.checkpoint import Checkpoint, SignedCheckpoint
from dbaccess.domain.ledger import Expected
from dbaccess.domain.ledger_body import UnreadableBody
from dbaccess.domain.notice import NoticeKind
from dbaccess.operations.checkpoints.keys import introduce_first, last_introduction
from dbaccess.operations.clusters.observe import observing
from dbaccess.operations.context import WorkerContext
from dbaccess.operations.message_updates import plan_notice
from dbaccess.ports import UnitOfWork

_log = structlog.get_logger(__name__)

ENTRIES: Final = 100
EVERY: Final = timedelta(minutes=5)
"""A checkpoint is made after so many entries, and after so much time if there is one."""

LATE: Final = timedelta(minutes=15)


def make_checkpoint(context: WorkerContext) -> SignedCheckpoint | None:
    """Sign the ledger's head if it is due, and return that; safe to repeat on any host.

    The first time, it introduces the key. It signs nothing while this control database may be older than a
    cluster, and nothing with a key that the ledger did not introduce last.
    """
    signer = context.signer
    with context.begin() as uow:
        if signer is None or _why_none(context, uow) is not None:
            return None
        known = last_introduction(uow)
        if known is None:
            introduce_first(uow, signer, context.policy.installation)
            uow.commit()
            return None
        last, head = uow.checkpoints.last(), uow.ledger.head()
        after = last.checkpoint.seq if last is not None else 0
        if head is None or head.seq <= after or (last is not None and not _is_due(last, head.seq, uow.now)):
            return None
        made = Checkpoint(
            installation=known.installation,
            seq=head.seq,
            head=head.hash,
            at=uow.now,
            key_id=signer.public.key_id,
        )
        signed = SignedCheckpoint(checkpoint=made, signature=signer.sign(made.canonical()))
        if not uow.checkpoints.add(signed):
            return None
        uow.commit()
    _log.info("ledger checkpoint made", seq=made.seq, key_id=made.key_id)
    return signed


def _is_due(last: SignedCheckpoint, head: int, now: datetime) -> bool:
    return head - last.checkpoint.seq >= ENTRIES or now - last.checkpoint.at >= EVERY


def unsigned_since(uow: UnitOfWork) -> datetime | None:
    """Return the time of the first entry that no checkpoint covers; None if all are covered."""
    last = uow.checkpoints.last()
    waiting = uow.ledger.first_after(last.checkpoint.seq if last is not None else 0)
    if waiting is None:
        return None
    try:
        return datetime.fromisoformat(waiting.fields["at"])
    except UnreadableBody:  # `ledger verify` names it; it must not keep an alarm from being raised
        return last.checkpoint.at if last is not None else uow.now


def tell_late_checkpoint(context: WorkerContext) -> None:
    """Tell the operators once of each time that entries wait too long for a checkpoint."""
    with context.begin() as uow:
        since = unsigned_since(uow)
        if since is None or uow.now - since <= LATE:
            return
        last = uow.checkpoints.last()
        seq = last.checkpoint.seq if last is not None else 0
        why = _why_none(context, uow) or "other"
        plan_notice(
            uow,
            NoticeKind.CHECKPOINT_LATE,
            key=f"checkpoint:{seq}",
            channel=context.policy.ops_channel,
            data={"seq": seq, "since": since.isoformat(), "why": why},
        )
        uow.commit()
    _log.error("ledger checkpoint late", seq=seq, why=why)


def _why_none(context: WorkerContext, uow: UnitOfWork) -> str | None:
    """Return why this worker may sign nothing: `no_key`, `observing`, `other_ledger` or `other_key`."""
    if context.signer is None:
        return "no_key"
    if observing(context, uow):
        return "observing"
    last = uow.checkpoints.last()
    if last is not None and not uow.ledger.holds(_as_expected(last)):
        return "other_ledger"
    known = last_introduction(uow)
    return "other_key" if known is not None and known.key != context.signer.public else None


def _as_expected(last: SignedCheckpoint) -> Expected:
    """Return the entry of a checkpoint: a ledger without it was made anew, and must not be signed again."""
    return Expected(seq=last.checkpoint.seq, hash=last.checkpoint.head)
