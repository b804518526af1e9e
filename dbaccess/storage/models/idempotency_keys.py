"""Table of idempotency keys: what was already taken from Slack."""

from datetime import datetime

from sqlalchemy import Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class IdempotencyKeyRow(Base):
    __tablename__ = "intake"
    __table_args__ = (PrimaryKeyConstraint("key", name="intake_pk"), Index("intake_taken_at", "taken_at"))

    key: Mapped[str]
    taken_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
