"""Identities of lines in a log that gives them none: a line has the same one whenever it is read."""

import hashlib
from typing import Final

_BITS: Final = 62


def made_session(pid: str | None, *parts: str | None) -> str:
    """Return a session id of the usual form: a hash in place of the session's start, and the process."""
    start = hashlib.blake2b(
        "\0".join(part or "" for part in parts).encode("utf-8", "surrogateescape"), digest_size=8
    ).hexdigest()
    return f"{start}.{int(pid or 0) & 0xFFFFFFFF:x}"


def made_number(*parts: str) -> int:
    """Return a line's number, a hash that is never 0."""
    digest = hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> (64 - _BITS)) or 1
