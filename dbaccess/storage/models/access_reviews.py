"""Tables of access reviews and their items."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Identity, Index, Integer, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class AccessReviewRow(Base):
    __tablename__ = "access_reviews"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="access_reviews_pk"),
        Index("access_reviews_open", "ends_at", postgresql_where=text("state <> 'closed'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    group_name: Mapped[str]
    days: Mapped[int] = mapped_column(Integer)
    policy_hash: Mapped[str]
    items: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str]
    state: Mapped[str]
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    remind_at: Mapped[datetime]
    groups_read_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]


class AccessReviewItemRow(Base):
    __tablename__ = "access_review_items"
    __table_args__ = (
        PrimaryKeyConstraint("review_id", "number", name="access_review_items_pk"),
        ForeignKeyConstraint(["review_id"], ["access_reviews.id"], name="access_review_items_review_fk"),
        Index("access_review_items_open", "review_id", "number", postgresql_where=text("answer is null")),
        Index(
            "access_review_items_to_remove",
            text("(about ->> 'cluster')"),
            "review_id",
            "number",
            postgresql_where=text("removal in ('wanted', 'started')"),
        ),
    )

    review_id: Mapped[int] = mapped_column(autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, autoincrement=False)
    about: Mapped[dict[str, Any]]
    answer: Mapped[str | None]
    reason: Mapped[str] = mapped_column(server_default="")
    answered_by: Mapped[str | None]
    answered_slack_id: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    removal: Mapped[str | None]
    removal_note: Mapped[str] = mapped_column(server_default="")
