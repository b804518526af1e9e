"""Table of the last observation of each cluster."""

from datetime import datetime

from sqlalchemy import ARRAY, PrimaryKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class ObservationRow(Base):
    __tablename__ = "observations"
    __table_args__ = (PrimaryKeyConstraint("cluster", name="observations_pk"),)

    cluster: Mapped[str]
    looked_at: Mapped[datetime]
    why: Mapped[str | None]
    since: Mapped[datetime | None]
    unknown: Mapped[list[str]] = mapped_column(ARRAY(Text))
    accepted: Mapped[list[str]] = mapped_column(ARRAY(Text))
