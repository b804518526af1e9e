"""Identities of logins and roles: the oid, because names and comments move and an oid never does."""

import re
from typing import Final

_OID: Final = re.compile(r"[1-9][0-9]{0,9}")
_HIGHEST: Final = 2**32 - 1
_NO_ROLE: Final = 0
"""No role of a server has this oid."""


def oid_of(identity: str | None) -> int | None:
    """Return the oid; None if it was not recorded.

    An identity that is no oid, such as another engine's, becomes the oid of no role. So no login is mistaken
    for it.
    """
    if identity is None:
        return None
    oid = int(identity) if _OID.fullmatch(identity) else _NO_ROLE
    return oid if oid <= _HIGHEST else _NO_ROLE


def identity_of(oid: int) -> str:
    """Return the text that grants store."""
    return str(oid)
