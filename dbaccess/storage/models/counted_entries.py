"""Table of the entries that bots and auditors recorded at will, counted by hour."""

from datetime import datetime

from sqlalchemy import PrimaryKeyConstraint
from sqlalchemy.orm import Mapped

from dbaccess.storage.models.base import Base


class CountedEntriesRow(Base):
    """`writer` is bot or auditor, and `who` is an account, a person or a login of that writer's."""

    __tablename__ = "counted_entries"
    __table_args__ = (PrimaryKeyConstraint("hour", "kind", "writer", "who", name="counted_entries_pk"),)

    hour: Mapped[datetime]
    kind: Mapped[str]
    writer: Mapped[str]
    who: Mapped[str]
    entries: Mapped[int]
