"""Checkpoints: signed heads of the ledger, which witnesses outside the control database keep."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from dbaccess.domain.canonical import canonical_bytes
from dbaccess.domain.ledger_key import KEY_ID, SIGNATURE_BYTES, from_base64, to_base64
from dbaccess.domain.strict_object import UnreadableObject, read_object

KIND: Final = "dbaccess.checkpoint"
"""The first thing that is signed, so that no other signature of the key can stand in for this one."""
VERSION: Final = 1

LARGEST_LINE: Final = 1024
"""In bytes."""
_LARGEST_SEQ: Final = 2**53 - 1
"""RFC 8785 has no larger integers."""
_HEAD: Final = re.compile(r"[0-9a-f]{64}")
INSTALLATION: Final = re.compile(r"[a-z][a-z0-9]{0,15}")
_AT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+00:00")
_KEYS: Final = ("kind", "version", "installation", "seq", "head", "at", "key_id", "signature")


class UnreadableCheckpoint(ValueError):
    """The text is no checkpoint; the message says why, without a part of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The ledger of `installation` had `head` as the hash of entry `seq` at the time `at`."""

    installation: str
    seq: int
    head: bytes
    at: datetime
    key_id: str

    def canonical(self) -> bytes:
        """Return the bytes that are signed: RFC 8785 JSON that names its kind and version."""
        return canonical_bytes(_fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint with an Ed25519 signature over its canonical bytes; whether it is genuine is not known."""

    checkpoint: Checkpoint
    signature: bytes

    def line(self) -> str:
        """Return the checkpoint as one line of JSON in ASCII, without a line break: what witnesses keep."""
        fields = _fields(self.checkpoint) | {"signature": to_base64(self.signature)}
        return canonical_bytes(fields).decode("ascii")


def parse_checkpoint(line: str | bytes) -> SignedCheckpoint:
    """Return the checkpoint of a line, with or without its line break; raises `UnreadableCheckpoint`.

    Every field is bounded and has its one form, so equal checkpoints have equal lines.
    """
    text = line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line
    try:
        return _checkpoint(read_object(text.strip(), keys=_KEYS, largest=LARGEST_LINE))
    except UnreadableObject as why:
        raise UnreadableCheckpoint(str(why)) from None


def _checkpoint(found: dict[str, Any]) -> SignedCheckpoint:
    if found["kind"] != KIND:
        raise UnreadableObject("is signed data of another kind")
    if type(found["version"]) is not int or found["version"] != VERSION:
        raise UnreadableObject(f"is not of version {VERSION}, which alone is known here")
    seq = found["seq"]
    if type(seq) is not int or not 1 <= seq <= _LARGEST_SEQ:
        raise UnreadableObject("has no seq of an entry")
    signature = from_base64(_text(found, "signature", None), length=SIGNATURE_BYTES)
    if signature is None:
        raise UnreadableObject("has no signature of 64 bytes in base64")
    checkpoint = Checkpoint(
        installation=_text(found, "installation", INSTALLATION),
        seq=seq,
        head=bytes.fromhex(_text(found, "head", _HEAD)),
        at=_time(_text(found, "at", _AT)),
        key_id=_text(found, "key_id", KEY_ID),
    )
    return SignedCheckpoint(checkpoint=checkpoint, signature=signature)


def _text(found: dict[str, Any], name: str, pattern: re.Pattern[str] | None) -> str:
    value = found[name]
    if not isinstance(value, str) or (pattern is not None and not pattern.fullmatch(value)):
        raise UnreadableObject(f"has no {name} as one is written")
    return value


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:  # the 31st of June
        at = None
    if at is None or _written(at) != text:  # some versions of Python read 24:00 as the next day
        raise UnreadableObject("has no at as one is written")
    return at


def _fields(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "kind": KIND,
        "version": VERSION,
        "installation": checkpoint.installation,
        "seq": checkpoint.seq,
        "head": checkpoint.head.hex(),
        "at": _written(checkpoint.at),
        "key_id": checkpoint.key_id,
    }


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
