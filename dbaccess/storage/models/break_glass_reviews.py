"""The reviews that must follow break-glasses."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base

_PENDING = text("state = 'pending'")


class BreakGlassReviewRow(Base):
    __tablename__ = "break_glass_reviews"
    __table_args__ = (
        PrimaryKeyConstraint("request_id", name="break_glass_reviews_pk"),
        UniqueConstraint("grant_id", name="break_glass_reviews_one_a_grant"),
        ForeignKeyConstraint(["request_id"], ["requests.id"], name="break_glass_reviews_request_fk"),
        ForeignKeyConstraint(["grant_id"], ["grants.id"], name="break_glass_reviews_grant_fk"),
        Index("break_glass_reviews_one_a_name", "holder", unique=True, postgresql_where=_PENDING),
        Index(
            "break_glass_reviews_one_an_account", "holder_slack_id", unique=True, postgresql_where=_PENDING
        ),
        Index("break_glass_reviews_due_at", "due_at", postgresql_where=_PENDING),
    )

    request_id: Mapped[int] = mapped_column(autoincrement=False)
    grant_id: Mapped[int]
    holder: Mapped[str]
    holder_slack_id: Mapped[str]
    review_by: Mapped[str]
    state: Mapped[str]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    overdue_at: Mapped[datetime | None]
    reviewer: Mapped[str | None]
    reviewer_slack_id: Mapped[str | None]
    note: Mapped[str | None]
    reviewed_at: Mapped[datetime | None]
    membership_read_at: Mapped[datetime | None]
