"""Signatures over the ledger, checked with public keys alone."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from dbaccess.domain.checkpoint import SignedCheckpoint
from dbaccess.domain.key_introduction import SignedIntroduction
from dbaccess.domain.ledger_key import PublicKey


def is_signed(message: bytes, signature: bytes, key: PublicKey) -> bool:
    """Return whether the signature over the message was made with the key."""
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, message)
    except (InvalidSignature, ValueError):  # OpenSSL refuses some bytes as a key
        return False
    return True


def is_genuine(signed: SignedCheckpoint, key: PublicKey) -> bool:
    """Return whether the checkpoint names the key and was signed with it."""
    checkpoint = signed.checkpoint
    return checkpoint.key_id == key.key_id and is_signed(checkpoint.canonical(), signed.signature, key)


def is_introduced(signed: SignedIntroduction) -> bool:
    """Return whether the new key signed the introduction, and so did the key that it follows, if any."""
    message, before = signed.introduction.canonical(), signed.introduction.follows
    if not is_signed(message, signed.signature, signed.introduction.key):
        return False
    if before is None:
        return signed.follows_signature is None
    return signed.follows_signature is not None and is_signed(message, signed.follows_signature, before)
