"""The private key of the ledger, which only workers hold."""

from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dbaccess.domain.ledger_key import PublicKey, read_private_key, write_private_key


class LedgerKey:
    """An Ed25519 private key; neither its `repr` nor an error shows it."""

    def __init__(self, raw: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(raw)
        self.public = PublicKey(self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> Self:
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the key of a text that `write` made; raises `InvalidKey`."""
        return cls(read_private_key(text))

    def write(self) -> str:
        """Return the key as secret text, for a file of its own."""
        return write_private_key(self._key.private_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Return the signature of 64 bytes over the message, which names its kind itself."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"LedgerKey({self.public.key_id})"
