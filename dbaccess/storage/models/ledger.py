"""Table of the ledger: all events in one chain."""

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dbaccess.storage.models.base import Base


class LedgerRow(Base):
    __tablename__ = "ledger"
    __table_args__ = (
        PrimaryKeyConstraint("seq", name="ledger_pk"),
        UniqueConstraint("prev_hash", name="ledger_no_fork"),
        UniqueConstraint("hash", name="ledger_hash_once"),
        Index("ledger_request_id", "request_id", "seq", postgresql_where=text("request_id is not null")),
        Index("ledger_grant_id", "grant_id", "seq", postgresql_where=text("grant_id is not null")),
        Index("ledger_policies", "seq", postgresql_where=text("kind = 'policy.loaded'")),
        Index("ledger_keys", "seq", postgresql_where=text("kind = 'ledger.key_introduced'")),
    )

    seq: Mapped[int] = mapped_column(autoincrement=False)
    prev_hash: Mapped[bytes]
    hash: Mapped[bytes]
    body: Mapped[bytes]
    kind: Mapped[str]
    request_id: Mapped[int | None]
    grant_id: Mapped[int | None]
