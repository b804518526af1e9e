"""Table of reports that auditors ordered in Slack."""

from datetime import datetime

from sqlalchemy import Identity, Index, Integer, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class ReportOrderRow(Base):
    __tablename__ = "report_orders"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="report_orders_pk"),
        Index("report_orders_one_open", "slack_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("report_orders_due", "next_attempt_at", postgresql_where=text("next_attempt_at is not null")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    slack_id: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    target: Mapped[str | None]
    form: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    ordered_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    next_attempt_at: Mapped[datetime | None] = mapped_column(server_default=text("now()"))
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    posted_channel: Mapped[str | None]
    posted_ts: Mapped[str | None]
    file_id: Mapped[str | None]
    digest: Mapped[str | None]
    rows: Mapped[int | None] = mapped_column(Integer)
    why: Mapped[str | None]
