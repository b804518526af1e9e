"""Tables of standing access: the roles that are found now, and the last reading of each cluster."""

from datetime import datetime

from sqlalchemy import ARRAY, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class StandingReadingRow(Base):
    __tablename__ = "standing_readings"
    __table_args__ = (PrimaryKeyConstraint("cluster", name="standing_readings_pk"),)

    cluster: Mapped[str]
    read_at: Mapped[datetime | None]
    unknown_since: Mapped[datetime | None]
    left_out: Mapped[int] = mapped_column(Integer)
    failure: Mapped[str]


class StandingRoleRow(Base):
    __tablename__ = "standing_roles"
    __table_args__ = (
        PrimaryKeyConstraint("cluster", "login_identity", "role_identity", name="standing_roles_pk"),
        ForeignKeyConstraint(["cluster"], ["standing_readings.cluster"], name="standing_roles_of_a_reading"),
    )

    cluster: Mapped[str]
    login_identity: Mapped[str]
    role_identity: Mapped[str]
    server: Mapped[str]
    login: Mapped[str]
    role: Mapped[str]
    path: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_usable: Mapped[bool]
    how: Mapped[str] = mapped_column(server_default="member")
    database: Mapped[str] = mapped_column(server_default="")
    found_at: Mapped[datetime]
