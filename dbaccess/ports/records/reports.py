"""Records of the reports that auditors ordered in Slack."""

from datetime import datetime
from typing import Protocol

from dbaccess.domain.report_order import ReportOrder, ReportOrderId


class ReportOrders(Protocol):
    """The bot adds orders; everything else is the worker's alone."""

    def add(self, order: ReportOrder) -> ReportOrder:
        """Store the order and return it with its id; raises `AlreadyOpen` if one of this account is open."""

    def lock(self, order_id: ReportOrderId) -> ReportOrder:
        """Return it, locked until the transaction ends; raises `NotFound`."""

    def save(self, order: ReportOrder) -> None:
        """Store how far it has come; what was ordered stays."""

    def due(self, now: datetime, *, limit: int) -> list[ReportOrderId]:
        """Return those that a worker should look at, longest due first."""
