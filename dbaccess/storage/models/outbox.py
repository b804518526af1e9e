"""Table of jobs to dispatch after the commit."""

from datetime import datetime

from sqlalchemy import Identity, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="outbox_pk"),
        Index("outbox_waiting", "created_at", "id", postgresql_where=text("dispatched_at is null")),
        Index("outbox_dispatched_at", "dispatched_at", postgresql_where=text("dispatched_at is not null")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    job: Mapped[str]
    subject: Mapped[int]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    dispatched_at: Mapped[datetime | None]
