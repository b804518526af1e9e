"""Keys, introductions and checkpoints as workers make them, for tests of what verifies them."""

from datetime import datetime

from dbaccess.audit.signing import LedgerKey
from dbaccess.domain.checkpoint import Checkpoint, SignedCheckpoint
from dbaccess.domain.events import Event, EventKind
from dbaccess.domain.key_introduction import KeyIntroduction, SignedIntroduction
from dbaccess.domain.ledger import Entry


def introduction(
    key: LedgerKey, *, follows: LedgerKey | None = None, installation: str = "acme"
) -> SignedIntroduction:
    said = KeyIntroduction(
        installation=installation, key=key.public, follows=follows.public if follows else None
    )
    message = said.canonical()
    return SignedIntroduction(
        introduction=said,
        signature=key.sign(message),
        follows_signature=follows.sign(message) if follows else None,
    )


def introduced(signed: SignedIntroduction) -> Event:
    return Event(kind=EventKind.LEDGER_KEY_INTRODUCED, actor="worker", data=signed.data())


def checkpoint(
    key: LedgerKey, *, seq: int, head: bytes, at: datetime, installation: str = "acme"
) -> SignedCheckpoint:
    made = Checkpoint(installation=installation, seq=seq, head=head, at=at, key_id=key.public.key_id)
    return SignedCheckpoint(checkpoint=made, signature=key.sign(made.canonical()))


def checkpoint_of(entry: Entry, key: LedgerKey, *, installation: str = "acme") -> SignedCheckpoint:
    at = datetime.fromisoformat(entry.fields["at"])
    return checkpoint(key, seq=entry.seq, head=entry.hash, at=at, installation=installation)
