"""Table of lockdowns."""

from datetime import datetime

from sqlalchemy import Identity, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class LockdownRow(Base):
    __tablename__ = "lockdowns"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="lockdowns_pk"),
        Index(
            "lockdowns_one_open",
            "target",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("lifted_at is null"),
        ),
        Index("lockdowns_lifted_at", "lifted_at"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    target: Mapped[str | None]
    reason: Mapped[str]
    declared_by: Mapped[str]
    declared_slack_id: Mapped[str | None]
    declared_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    lifted_by: Mapped[str | None]
    lifted_slack_id: Mapped[str | None]
    lift_reason: Mapped[str | None]
    lifted_at: Mapped[datetime | None]
    enforced_at: Mapped[datetime | None]
