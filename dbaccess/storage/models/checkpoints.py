"""Table of the checkpoints: signed heads of the ledger."""

from datetime import datetime

from sqlalchemy import PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class CheckpointRow(Base):
    __tablename__ = "ledger_checkpoints"
    __table_args__ = (PrimaryKeyConstraint("seq", name="ledger_checkpoints_pk"),)

    seq: Mapped[int] = mapped_column(autoincrement=False)
    head: Mapped[bytes]
    at: Mapped[datetime]
    installation: Mapped[str]
    key_id: Mapped[str]
    signature: Mapped[bytes]
