"""The identity of a login or role is its oid: names and comments move, an oid never does."""

import re
from typing import Final

_OID: Final = re.compile(r"[1-9][0-9]{0,9}")
_NO_ROLE: Final = 0
"""No role of a server has this oid."""


def oid_of(identity: str | None) -> int | None:
    """Return the oid, None where it was not recorded.

    An identity that another engine wrote becomes the oid of no role, so that no login is taken for it.
    """
    if identity is None:
        return None
    return int(identity) if _OID.fullmatch(identity) else _NO_ROLE


def identity_of(oid: int) -> str:
    """Return the text that grants keep."""
    return str(oid)
