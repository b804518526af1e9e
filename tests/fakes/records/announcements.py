"""The place where a break-glass was announced."""

from dbaccess.domain.break_glass import Announcement
from dbaccess.domain.request import RequestId
from tests.fakes.database import Transaction
from tests.fakes.tables import ANNOUNCEMENTS


class MemoryAnnouncements:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, announcement: Announcement) -> bool:
        if self._transaction.lock(ANNOUNCEMENTS, announcement.request_id) is not None:
            return False
        self._transaction.put(ANNOUNCEMENTS, announcement.request_id, announcement)
        return True

    def of(self, request_id: RequestId) -> Announcement | None:
        return self._transaction.get(ANNOUNCEMENTS, request_id)
