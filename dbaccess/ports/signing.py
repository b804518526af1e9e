"""The key that signs for the ledger, as the use cases see it."""

from typing import Protocol

from dbaccess.domain.ledger_key import PublicKey


class Signer(Protocol):
    """A private key of the ledger; only workers hold one."""

    @property
    def public(self) -> PublicKey: ...

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature over a message that names its own kind."""
