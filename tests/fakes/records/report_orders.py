"""Reports that auditors ordered in Slack."""

from dataclasses import replace
from datetime import datetime

from dbaccess.domain.errors import AlreadyOpen, BadTime, NotFound, TooMany
from dbaccess.domain.report_order import OrderState, ReportOrder, ReportOrderId
from tests.fakes.database import Transaction
from tests.fakes.tables import REPORT_ORDERS

FIRST_YEAR, NO_YEAR = 2000, 2200
OF_EACH, OF_ALL = 20, 60
"""Orders of an account and of all in an hour."""


class MemoryReportOrders:
    def __init__(self, transaction: Transaction, now: datetime) -> None:
        self._transaction = transaction
        self._now = now

    def add(self, order: ReportOrder) -> ReportOrder:
        if not (order.since.year >= FIRST_YEAR and order.until.year < NO_YEAR):
            raise BadTime("A report begins in the year 2000 or later, and ends before 2200.")
        self._transaction.claim("report_orders_one_open", order.slack_id)
        orders = self._transaction.rows(REPORT_ORDERS)
        if any(one.slack_id == order.slack_id and one.state is OrderState.OPEN for one in orders):
            raise AlreadyOpen("A report is being made for you already.")
        hour = self._now.replace(minute=0, second=0, microsecond=0)
        of_all = [one.slack_id for one in orders if one.ordered_at >= hour]
        if of_all.count(order.slack_id) >= OF_EACH or len(of_all) >= OF_ALL:
            raise TooMany("Enough reports were ordered in this hour. Try again after the next full hour.")
        number = ReportOrderId(self._transaction.next_id(REPORT_ORDERS))
        added = replace(order, id=number, ordered_at=self._now, next_attempt_at=self._now)
        self._transaction.put(REPORT_ORDERS, number, added)
        return replace(order, id=number)

    def lock(self, order_id: ReportOrderId) -> ReportOrder:
        found = self._transaction.lock(REPORT_ORDERS, order_id)
        if found is None:
            raise NotFound("There is no such report.")
        return found

    def save(self, order: ReportOrder) -> None:
        known = self.lock(order.id)
        ordered = {name: getattr(known, name) for name in ("slack_id", "since", "until", "target", "form")}
        self._transaction.put(REPORT_ORDERS, order.id, replace(order, ordered_at=known.ordered_at, **ordered))

    def due(self, now: datetime, *, limit: int) -> list[ReportOrderId]:
        due = [one for one in self._transaction.rows(REPORT_ORDERS) if one.is_due(now)]
        due.sort(key=lambda one: (one.next_attempt_at or now, one.id))
        return [one.id for one in due][:limit]
