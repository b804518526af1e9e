"""The Ed25519 keys of the ledger as text, and the name of a key."""

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

PRIVATE: Final = "ed25519-private:"
"""A private key as text begins so, and can be mistaken for no other secret."""
PUBLIC: Final = "ed25519:"

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

KEY_ID: Final = re.compile(r"[0-9a-f]{16}")


class InvalidKey(ValueError):
    """The text is no key of the kind that is expected; the message shows no part of it."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 public key, of 32 bytes."""

    raw: bytes

    @property
    def key_id(self) -> str:
        """The name of the key: the first 16 hexadecimal digits of SHA-256 over its bytes."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    def __str__(self) -> str:
        return PUBLIC + to_base64(self.raw)


def read_public_key(text: str) -> PublicKey:
    """Return the key that `str()` of it wrote; raises `InvalidKey`."""
    text = text.strip()
    if text.startswith(PRIVATE):
        raise InvalidKey("is a private key: give the public key, and keep the private one secret")
    if not text.startswith(PUBLIC):
        raise InvalidKey(f"is no public key of the ledger, which begins with {PUBLIC}")
    return PublicKey(_key_bytes(text, PUBLIC))


def read_private_key(text: str) -> bytes:
    """Return the 32 bytes of a private key; raises `InvalidKey`."""
    text = text.strip()
    if text.startswith(PUBLIC):
        raise InvalidKey("is the public key: give the private one")
    if not text.startswith(PRIVATE):
        raise InvalidKey("is no key that `dbaccess ledger keygen` made")
    return _key_bytes(text, PRIVATE)


def write_private_key(raw: bytes) -> str:
    """Return the text of a private key, which `read_private_key` reads."""
    return PRIVATE + to_base64(raw)


def to_base64(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")


def from_base64(text: str, *, length: int) -> bytes | None:
    """Return so many bytes; None if the text is not their one base64 form."""
    try:
        raw = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == length and to_base64(raw) == text else None


def _key_bytes(text: str, begins: str) -> bytes:
    raw = from_base64(text.removeprefix(begins), length=KEY_BYTES)
    if raw is None:
        raise InvalidKey(f"is cut or changed: {begins} and 44 characters of base64 are expected")
    return raw
