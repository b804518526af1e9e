"""Table of the Home tabs that people opened lately."""

from datetime import datetime

from sqlalchemy import Index, PrimaryKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class HomeRow(Base):
    __tablename__ = "homes"
    __table_args__ = (
        PrimaryKeyConstraint("slack_id", name="homes_pk"),
        Index("homes_look_at", "look_at"),
    )

    slack_id: Mapped[str]
    accounts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    groups: Mapped[list[str]] = mapped_column(ARRAY(Text))
    shown: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    look_at: Mapped[datetime]
