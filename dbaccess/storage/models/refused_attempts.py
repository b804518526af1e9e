"""Table of refused attempts, counted for each account and hour."""

from datetime import datetime

from sqlalchemy import Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class RefusedAttemptsRow(Base):
    __tablename__ = "refused_attempts"
    __table_args__ = (
        PrimaryKeyConstraint("hour", "slack_id", name="refused_attempts_pk"),
        Index("refused_attempts_recorded", "hour", postgresql_where=text("recorded > 0")),
    )

    hour: Mapped[datetime]
    slack_id: Mapped[str]
    recorded: Mapped[int] = mapped_column(server_default="0")
    left_out: Mapped[int] = mapped_column(server_default="0")
