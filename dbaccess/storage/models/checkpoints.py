"""Tables of the checkpoints, signed heads of the ledger, and of the witnesses that keep them."""

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


class WitnessRow(Base):
    __tablename__ = "ledger_witnesses"
    __table_args__ = (PrimaryKeyConstraint("place", name="ledger_witnesses_pk"),)

    place: Mapped[str]
    seq: Mapped[int]
    stored_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    failure: Mapped[str]
