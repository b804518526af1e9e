"""Tables of what logins reach: each distinct reading once, however many grants have it."""

from sqlalchemy import ForeignKeyConstraint, Identity, Index, Integer, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class ReachRow(Base):
    __tablename__ = "reaches"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="reaches_pk"),
        UniqueConstraint("digest", name="reaches_once"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True))
    digest: Mapped[str]
    tables: Mapped[int] = mapped_column(Integer)
    unrecorded: Mapped[int] = mapped_column(Integer)


class ReachedTableRow(Base):
    __tablename__ = "reached_tables"
    __table_args__ = (
        PrimaryKeyConstraint("reach_id", "schema_name", "name", name="reached_tables_pk"),
        ForeignKeyConstraint(["reach_id"], ["reaches.id"], name="reached_tables_reach_fk"),
        Index("reached_tables_name", "name", "schema_name", "reach_id"),
    )

    reach_id: Mapped[int] = mapped_column(autoincrement=False)
    schema_name: Mapped[str]
    name: Mapped[str]
    reads: Mapped[bool]
    writes: Mapped[bool]
    owns: Mapped[bool]
