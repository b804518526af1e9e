"""Table of refused lines that a person may still change."""

from datetime import datetime
from typing import Any

from sqlalchemy import Identity, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class DraftRow(Base):
    __tablename__ = "drafts"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="drafts_pk"),
        Index("drafts_created_at", "created_at"),
        Index("drafts_slack_id", "slack_id", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    slack_id: Mapped[str]
    fields: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
