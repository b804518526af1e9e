"""The stored checkpoints."""

from datetime import UTC, datetime

from sqlalchemy import RowMapping, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.checkpoint import Checkpoint, SignedCheckpoint
from dbaccess.storage.models.checkpoints import CheckpointRow as Row

# A superuser may have written a time that Python cannot hold. Another one in its place fits no signature.
_AT = func.greatest(func.least(Row.at, datetime.max.replace(tzinfo=UTC)), datetime(1, 1, 2, tzinfo=UTC))
_COLUMNS = (Row.seq, Row.head, _AT.label("at"), Row.installation, Row.key_id, Row.signature)


class SqlCheckpoints:
    def __init__(self, session: Session) -> None:
        self._session = session

    def last(self) -> SignedCheckpoint | None:
        row = self._session.execute(select(*_COLUMNS).order_by(Row.seq.desc()).limit(1)).mappings().first()
        return _signed(row) if row is not None else None

    def after(self, seq: int, *, limit: int) -> list[SignedCheckpoint]:
        rows = select(*_COLUMNS).where(Row.seq > seq).order_by(Row.seq).limit(limit)
        return [_signed(row) for row in self._session.execute(rows).mappings()]

    def add(self, signed: SignedCheckpoint) -> bool:
        checkpoint = signed.checkpoint
        row = insert(Row).values(
            seq=checkpoint.seq,
            head=checkpoint.head,
            at=checkpoint.at,
            installation=checkpoint.installation,
            key_id=checkpoint.key_id,
            signature=signed.signature,
        )
        added = row.on_conflict_do_nothing(constraint="ledger_checkpoints_pk").returning(Row.seq)
        return self._session.scalar(added) is not None


def _signed(row: RowMapping) -> SignedCheckpoint:
    fields = dict(row)
    signature = fields.pop("signature")
    return SignedCheckpoint(checkpoint=Checkpoint(**fields), signature=signature)
