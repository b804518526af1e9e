"""Each Slack payload is taken once."""

from dbaccess.domain.errors import DuplicateRequest
from tests.fakes.database import Transaction
from tests.fakes.tables import IDEMPOTENCY_KEYS


class MemoryIdempotencyKeys:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def claim(self, key: str) -> None:
        if self._transaction.lock(IDEMPOTENCY_KEYS, key) is not None:
            raise DuplicateRequest("This was taken before; nothing was done a second time.")
        self._transaction.put(IDEMPOTENCY_KEYS, key, key)
