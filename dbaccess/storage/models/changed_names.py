"""Table of the pinned names that Slack uses otherwise now."""

from datetime import datetime

from sqlalchemy import PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class ChangedNameRow(Base):
    __tablename__ = "changed_names"
    __table_args__ = (PrimaryKeyConstraint("name", name="changed_names_pk"),)

    name: Mapped[str] = mapped_column()
    what: Mapped[str]
    since: Mapped[datetime]
