"""Identities of logins and roles: the oid, because names and comments move and an oid never does."""

import re
from typing import Final

_OID: Final = re.compile(r"[1-9][0-9]{0,9}")
_NO_ROLE: Final = 0
"""No role of a server has this oid."""


def oid_of(identity: str | None) -> int | None:
    """Return the oid; None if it was not recorded.

    An identity of another engine becomes the oid of no role, so that no login is mistaken for it.
    """
    if identity is None:
        return None
    return int(identity) if _OID.fullmatch(identity) else _NO_ROLE


def identity_of(oid: int) -> str:
    """Return the text that grants store."""
    return str(oid)
