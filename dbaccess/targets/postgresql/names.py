"""Names that PostgreSQL takes unchanged; others are refused."""

import re
from typing import Final

from dbaccess.domain.checkpoint import INSTALLATION
from dbaccess.domain.errors import TargetFailure
from dbaccess.domain.names import RESERVED_ROLES

_EPHEMERAL: Final = re.compile(r"jit_[a-z0-9_]{1,50}")
_LOCK_DATABASE: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_LONGEST: Final = 63


def ephemeral_login(name: str) -> str:
    """Return the name if it is one that we generate; raises `TargetFailure`."""
    if not _EPHEMERAL.fullmatch(name):
        raise _bad("a login made for a grant is named jit_ and up to 50 of a-z, 0-9 and _")
    return name


def private_database(installation: str, named: str | None = None) -> str:
    """Return the name of the installation's private database, as the policy names it or for the installation.

    Raises `TargetFailure`.
    """
    if named is not None:
        if not _LOCK_DATABASE.fullmatch(named):
            raise _bad("a private database is named with up to 63 of a-z, 0-9 and _, no digit first")
        return named
    if not INSTALLATION.fullmatch(installation):
        raise _bad("an installation is named with up to 16 of a-z and 0-9, a letter first")
    return f"dbaccess_{installation}"


def made_logins(installation: str) -> str:
    """Return how the name of each login begins that the installation makes."""
    return f"jit_{installation}_"


def readable(name: bytes) -> str:
    r"""Return a name of any encoding as text: bytes that are no UTF-8 become text such as `\xfc`."""
    return name.decode("utf-8", "backslashreplace")


def role_name(name: str) -> str:
    """Return the name if PostgreSQL takes it unchanged for a role of its own; raises `TargetFailure`."""
    if not name or "\0" in name or len(name.encode()) > _LONGEST:
        raise _bad("a role's name has 1 to 63 bytes and no NUL")
    if name.lower() in RESERVED_ROLES or name.lower().startswith("pg_"):
        raise _bad("PUBLIC, NONE and the roles that PostgreSQL brings along are never granted nor granted to")
    return name


def _bad(why: str) -> TargetFailure:
    return TargetFailure(f"A name that is refused: {why}.", code="bad_name", touched=False)
