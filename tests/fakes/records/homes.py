"""The Home tabs that people opened lately."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from dbaccess.domain.home_tab import HomeTab
from dbaccess.domain.request import RequestId
from tests.fakes.database import Transaction
from tests.fakes.tables import BREAK_GLASS_REVIEWS, HOMES, REQUESTS, OpenedHome


class MemoryHomes:
    def __init__(self, transaction: Transaction, now: datetime) -> None:
        self._transaction = transaction
        self._now = now

    def opened(self, tab: HomeTab) -> None:
        self._transaction.put(HOMES, tab.slack_id, OpenedHome(tab=tab, opened_at=self._now))

    def touch(self, request_ids: Collection[RequestId], *, at: datetime) -> None:
        for key, home in self._transaction.items(HOMES):
            if home.tab.look_at > at and any(self._concerns(one, home.tab) for one in request_ids):
                self._transaction.put(HOMES, key, replace(home, tab=replace(home.tab, look_at=at)))

    def touch_all(self, *, at: datetime) -> None:
        for key, home in self._transaction.items(HOMES):
            if home.tab.look_at > at:
                self._transaction.put(HOMES, key, replace(home, tab=replace(home.tab, look_at=at)))

    def due(self, now: datetime, *, opened_since: datetime, limit: int) -> list[HomeTab]:
        tabs = [
            home.tab
            for home in self._transaction.rows(HOMES)
            if home.tab.look_at <= now and opened_since <= home.opened_at <= now
        ]
        return sorted(tabs, key=lambda tab: (tab.look_at, tab.slack_id))[:limit]

    def looked(self, before: HomeTab, after: HomeTab) -> None:
        home = self._transaction.lock(HOMES, before.slack_id)
        if home is None:
            return
        is_same = home.tab.look_at == before.look_at
        kept = after if is_same else replace(after, shown="", look_at=home.tab.look_at)
        self._transaction.put(HOMES, before.slack_id, replace(home, tab=kept))

    def _concerns(self, request_id: RequestId, tab: HomeTab) -> bool:
        request = self._transaction.get(REQUESTS, request_id)
        if request is None:
            return False
        pending = self._transaction.get(BREAK_GLASS_REVIEWS, request_id)
        groups = {"operators", *(group for group, _ in request.terms.approvals)}
        groups |= {pending.review_by} if pending else set()
        return request.requester_slack_id in tab.accounts or bool(groups & tab.groups)
