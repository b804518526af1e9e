"""How a key of the ledger becomes known: the key before signs that this one follows, and so does this one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.checkpoint import INSTALLATION
from dbaccess.domain.ledger_key import SIGNATURE_BYTES, InvalidKey, PublicKey, from_base64, read_public_key
from dbaccess.domain.ledger_key import to_base64 as base64

KIND: Final = "dbaccess.key_introduction"
VERSION: Final = 1
_KEYS: Final = {"installation", "key_id", "public_key", "follows", "signature", "follows_signature"}


class UnreadableIntroduction(ValueError):
    """The data of an event introduces no key; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyIntroduction:
    """From here on `key` signs the checkpoints of the installation, in place of the key that it `follows`."""

    installation: str
    key: PublicKey
    follows: PublicKey | None

    def canonical(self) -> bytes:
        """Return the bytes that both keys sign: RFC 8785 JSON that names its kind and version."""
        return canonical_bytes(
            {
                "kind": KIND,
                "version": VERSION,
                "installation": self.installation,
                "public_key": str(self.key),
                "follows": str(self.follows) if self.follows else None,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIntroduction:
    """An introduction with the new key's signature, and with that of the key before.

    Without `follows_signature` the key before was lost: a verifier that trusts it cannot follow.
    """

    introduction: KeyIntroduction
    signature: bytes
    follows_signature: bytes | None

    def data(self) -> dict[str, Any]:
        """Return the data of the event `ledger.key_introduced`."""
        introduction, before = self.introduction, self.follows_signature
        return {
            "installation": introduction.installation,
            "key_id": introduction.key.key_id,
            "public_key": str(introduction.key),
            "follows": str(introduction.follows) if introduction.follows else None,
            "signature": base64(self.signature),
            "follows_signature": base64(before) if before is not None else None,
        }


def read_introduction(data: Mapping[str, Any]) -> SignedIntroduction:
    """Return the introduction of an event's data; raises `UnreadableIntroduction`."""
    if data.keys() != _KEYS:
        raise UnreadableIntroduction("has not the fields of an introduction")
    installation, follows, before = data["installation"], data["follows"], data["follows_signature"]
    if not isinstance(installation, str) or not INSTALLATION.fullmatch(installation):
        raise UnreadableIntroduction("has no installation as one is written")
    key = _key(data["public_key"])
    if data["key_id"] != key.key_id:
        raise UnreadableIntroduction("names its key wrongly")
    introduction = KeyIntroduction(
        installation=installation, key=key, follows=_key(follows) if follows is not None else None
    )
    return SignedIntroduction(
        introduction=introduction,
        signature=_signature(data["signature"]),
        follows_signature=_signature(before) if before is not None else None,
    )


def _key(value: object) -> PublicKey:
    try:
        return read_public_key(value if isinstance(value, str) else "")
    except InvalidKey as why:
        raise UnreadableIntroduction(f"has a key that {why}") from None


def _signature(value: object) -> bytes:
    raw = from_base64(value, length=SIGNATURE_BYTES) if isinstance(value, str) else None
    if raw is None:
        raise UnreadableIntroduction("has no signature of 64 bytes in base64")
    return raw
