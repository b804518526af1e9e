"""Signed heads of the ledger."""

from dbaccess.domain.checkpoint import SignedCheckpoint
from tests.fakes.database import Transaction
from tests.fakes.tables import CHECKPOINTS


class MemoryCheckpoints:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def last(self) -> SignedCheckpoint | None:
        rows = self._transaction.rows(CHECKPOINTS)
        return rows[-1] if rows else None

    def after(self, seq: int, *, limit: int) -> list[SignedCheckpoint]:
        rows = self._transaction.rows(CHECKPOINTS)
        return [signed for signed in rows if signed.checkpoint.seq > seq][:limit]

    def add(self, signed: SignedCheckpoint) -> bool:
        seq = signed.checkpoint.seq
        if self._transaction.lock(CHECKPOINTS, seq) is not None:
            return False
        self._transaction.put(CHECKPOINTS, seq, signed)
        return True
