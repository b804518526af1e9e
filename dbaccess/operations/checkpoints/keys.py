"""The key that signs the ledger, as the ledger itself knows it."""

from dbaccess.domain.errors import LedgerKeyRefused
from dbaccess.domain.events import BY_WORKER, Event, EventKind
from dbaccess.domain.key_introduction import (
    KeyIntroduction,
    SignedIntroduction,
    UnreadableIntroduction,
    read_introduction,
)
from dbaccess.domain.ledger import AFTER_ALL
from dbaccess.domain.ledger_body import UnreadableBody
from dbaccess.ports import Signer, UnitOfWork, UnitOfWorkFactory


def last_introduction(uow: UnitOfWork) -> KeyIntroduction | None:
    """Return the key that the ledger introduced last; its signatures are for those to check who trust one."""
    found = introductions(uow)
    return found[-1][1].introduction if found else None


def introductions(uow: UnitOfWork) -> list[tuple[int, SignedIntroduction]]:
    """Return each introduction with its place, in order; those that cannot be read are left out."""
    found = []
    for entry in uow.ledger.of_kinds({EventKind.LEDGER_KEY_INTRODUCED}, after=0, until=AFTER_ALL):
        try:
            found.append((entry.seq, read_introduction(entry.fields["data"])))
        except (UnreadableBody, UnreadableIntroduction):
            continue
    return found


def introduce_first(uow: UnitOfWork, signer: Signer, installation: str) -> None:
    """Record the first key of the ledger, signed with itself: the worker holds its private part."""
    introduction = KeyIntroduction(installation=installation, key=signer.public, follows=None)
    signature = signer.sign(introduction.canonical())
    _record(uow, SignedIntroduction(introduction=introduction, signature=signature, follows_signature=None))


def replace_key(
    begin: UnitOfWorkFactory, *, old: Signer | None, new: Signer, actor: str
) -> SignedIntroduction:
    """Introduce `new` in place of the last key, signed with both; the event is committed.

    Without `old`, which is lost, only `new` signs. Raises `LedgerKeyRefused` if the ledger has no key yet,
    has another than `old`, or has `new` already.
    """
    with begin() as uow:
        known = last_introduction(uow)
        if known is None:
            raise LedgerKeyRefused(
                "The ledger has no key yet: set DBACCESS_LEDGER_KEY, and the workers introduce it."
            )
        if old is not None and known.key != old.public:
            raise LedgerKeyRefused(
                f"The ledger's last key is {known.key.key_id}, and the old key here is {old.public.key_id}."
            )
        if known.key == new.public:
            raise LedgerKeyRefused(f"The ledger's last key is this one already: {new.public.key_id}.")
        introduction = KeyIntroduction(installation=known.installation, key=new.public, follows=known.key)
        message = introduction.canonical()
        signed = SignedIntroduction(
            introduction=introduction,
            signature=new.sign(message),
            follows_signature=old.sign(message) if old is not None else None,
        )
        _record(uow, signed, actor=actor)
        uow.commit()
    return signed


def _record(uow: UnitOfWork, signed: SignedIntroduction, *, actor: str = BY_WORKER) -> None:
    uow.record(Event(kind=EventKind.LEDGER_KEY_INTRODUCED, actor=actor, data=signed.data()))
