"""Tables of the policies, and which process uses which."""

from datetime import datetime

from sqlalchemy import PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class PolicyInForceRow(Base):
    __tablename__ = "policy_in_force"
    __table_args__ = (PrimaryKeyConstraint("process", "host", "pid", name="policy_in_force_pk"),)

    process: Mapped[str]
    host: Mapped[str]
    pid: Mapped[int]
    hash: Mapped[str]
    loaded_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    refused: Mapped[str | None]


class PolicyVersionRow(Base):
    __tablename__ = "policy_versions"
    __table_args__ = (PrimaryKeyConstraint("hash", "writer", name="policy_versions_pk"),)

    hash: Mapped[str]
    writer: Mapped[str]
    loaded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
