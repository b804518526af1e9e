"""Only the private key signs a checkpoint, and no text shows it."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dbaccess.audit.signing import LedgerKey
from dbaccess.audit.verifying import is_genuine, is_signed
from dbaccess.domain.checkpoint import Checkpoint, SignedCheckpoint, parse_checkpoint
from dbaccess.domain.ledger_key import InvalidKey, PublicKey, read_private_key, read_public_key

KEY = LedgerKey.read("ed25519-private:" + "A" * 43 + "=")


def signed_by(key: LedgerKey) -> SignedCheckpoint:
    checkpoint = Checkpoint(
        installation="acme",
        seq=7,
        head=bytes(32),
        at=datetime(2026, 3, 14, tzinfo=UTC),
        key_id=key.public.key_id,
    )
    return SignedCheckpoint(checkpoint=checkpoint, signature=key.sign(checkpoint.canonical()))


def test_genuine_checkpoint_is_known_from_a_changed_one() -> None:
    signed = parse_checkpoint(signed_by(KEY).line())
    assert is_genuine(signed, KEY.public)
    for change in ({"seq": 8}, {"installation": "other"}, {"head": bytes([1]) + bytes(31)}):
        forged = replace(signed, checkpoint=replace(signed.checkpoint, **change))
        assert not is_genuine(forged, KEY.public)
    assert not is_genuine(replace(signed, signature=bytes(64)), KEY.public)


def test_signature_by_another_key_is_not_genuine() -> None:
    other = LedgerKey.generate()
    signed = signed_by(other)
    claims = replace(signed, checkpoint=replace(signed.checkpoint, key_id=KEY.public.key_id))
    assert is_genuine(signed, other.public)
    assert not is_genuine(signed, KEY.public)
    assert not is_genuine(claims, KEY.public)
    assert not is_signed(b"", signed.signature, PublicKey(b"\xff" * 32))


def test_key_is_named_by_the_hash_of_its_public_part() -> None:
    # RFC 8032 derives this public key from a seed of zeros.
    raw = bytes.fromhex("3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29")
    assert KEY.public == PublicKey(raw)
    assert KEY.public.key_id == hashlib.sha256(raw).hexdigest()[:16]


def test_keys_survive_as_text() -> None:
    key = LedgerKey.generate()
    assert LedgerKey.read(f"{key.write()}\n").public == key.public
    assert read_public_key(f" {key.public}\n") == key.public
    assert key.write() not in repr(key)


PRIVATE = KEY.write()
PUBLIC = str(KEY.public)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (PRIVATE, "is a private key: give the public key, and keep the private one secret"),
        ("ssh-ed25519 AAAA", "is no public key of the ledger, which begins with ed25519:"),
        ("", "is no public key of the ledger, which begins with ed25519:"),
        (PUBLIC[:-1], "is cut or changed: ed25519: and 44 characters of base64 are expected"),
        (PUBLIC + "=", "is cut or changed: ed25519: and 44 characters of base64 are expected"),
        ("ed25519:\ud800", "is cut or changed: ed25519: and 44 characters of base64 are expected"),
    ],
)
def test_text_that_is_no_public_key_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidKey) as refused:
        read_public_key(text)
    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (PUBLIC, "is the public key: give the private one"),
        ("secret", "is no key that `dbaccess ledger keygen` made"),
        (PRIVATE[:-2], "is cut or changed: ed25519-private: and 44 characters of base64 are expected"),
    ],
)
def test_text_that_is_no_private_key_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidKey) as refused:
        read_private_key(text)
    assert str(refused.value) == why
