"""Reports that auditors ordered in Slack."""

from dataclasses import replace
from datetime import datetime

from dbaccess.domain.errors import AlreadyOpen, NotFound
from dbaccess.domain.report_order import OrderState, ReportOrder, ReportOrderId
from tests.fakes.database import Transaction
from tests.fakes.tables import REPORT_ORDERS


class MemoryReportOrders:
    def __init__(self, transaction: Transaction, now: datetime) -> None:
        self._transaction = transaction
        self._now = now

    def add(self, order: ReportOrder) -> ReportOrder:
        self._transaction.claim("report_orders_one_open", order.slack_id)
        orders = self._transaction.rows(REPORT_ORDERS)
        if any(one.slack_id == order.slack_id and one.state is OrderState.OPEN for one in orders):
            raise AlreadyOpen("A report is being made for you already.")
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
