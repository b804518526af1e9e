"""The reports that auditors ordered in Slack."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from dbaccess.domain.errors import NotFound
from dbaccess.domain.people import SlackId
from dbaccess.domain.report_order import NotSentWhy, OrderState, ReportForm, ReportOrder, ReportOrderId
from dbaccess.storage.models.report_orders import ReportOrderRow as Row

_ORDERED = ("slack_id", "since", "until", "target", "form")
_CHANGES = (
    "state", "next_attempt_at", "attempts", "posted_channel", "posted_ts", "file_id", "digest", "rows", "why",
)  # fmt: skip


class SqlReportOrders:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, order: ReportOrder) -> ReportOrder:
        # The database dates it, and a compromised bot cannot.
        row = insert(Row).values({name: getattr(order, name) for name in _ORDERED}).returning(Row.id)
        return replace(order, id=ReportOrderId(self._session.execute(row).scalar_one()))

    def lock(self, order_id: ReportOrderId) -> ReportOrder:
        row = self._session.scalar(
            select(Row).where(Row.id == order_id).with_for_update(),
            execution_options={"populate_existing": True},
        )
        if row is None:
            raise NotFound("There is no such report.")
        return _order(row)

    def save(self, order: ReportOrder) -> None:
        changed = {name: getattr(order, name) for name in _CHANGES}
        self._session.execute(update(Row).where(Row.id == order.id).values(changed))

    def due(self, now: datetime, *, limit: int) -> list[ReportOrderId]:
        due = select(Row.id).where(Row.next_attempt_at <= now).order_by(Row.next_attempt_at, Row.id)
        return [ReportOrderId(order_id) for order_id in self._session.scalars(due.limit(limit))]


def _order(row: Row) -> ReportOrder:
    return ReportOrder(
        id=ReportOrderId(row.id),
        slack_id=SlackId(row.slack_id),
        since=row.since,
        until=row.until,
        target=row.target,
        form=ReportForm(row.form),
        state=OrderState(row.state),
        ordered_at=row.ordered_at,
        next_attempt_at=row.next_attempt_at,
        attempts=row.attempts,
        posted_channel=row.posted_channel,
        posted_ts=row.posted_ts,
        file_id=row.file_id,
        digest=row.digest,
        rows=row.rows,
        why=NotSentWhy(row.why) if row.why is not None else None,
    )
