"""Table of clocks that differ from the control database's."""

from datetime import datetime

from sqlalchemy import PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class ClockSkewRow(Base):
    __tablename__ = "clock_skews"
    __table_args__ = (PrimaryKeyConstraint("place", name="clock_skews_pk"),)

    place: Mapped[str] = mapped_column()
    seconds: Mapped[float]
    since: Mapped[datetime]
    measured_at: Mapped[datetime]
