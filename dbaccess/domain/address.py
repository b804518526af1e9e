"""Checks of server addresses that an operator writes into the environment."""

import re
from urllib.parse import urlsplit

POSTGRESQL = ("postgresql", "postgres")
REDIS = ("redis", "rediss", "unix")
_KEYWORDS = re.compile(r"\s*\w+\s*=")


def check_postgresql(text: str) -> None:
    """Raises `ValueError`, with nothing of the address in it."""
    _check(text, POSTGRESQL, "postgresql://user:password@host:5432/database")


def check_cluster(text: str) -> None:
    """The same for a cluster of any engine: a URL of any scheme, or keywords such as `host=db port=5432`.

    The scheme is the driver's to judge.
    """
    if not _KEYWORDS.match(text):
        _check(text, None, "postgresql://user:password@host:5432/database")


def check_redis(text: str) -> None:
    """Raise `ValueError`, with no part of the address in it, for a bad Redis or Valkey address."""
    _check(text, REDIS, "redis://:password@host:6379/0")


def _check(text: str, schemes: tuple[str, ...] | None, example: str) -> None:
    wrong = ValueError(f"is not an address: write {example}, and in the password %40 for @, %2F for /")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise wrong from None
    user = parts.netloc.rpartition("@")[0]
    known = bool(parts.scheme and parts.netloc) if schemes is None else parts.scheme in schemes
    if not known or "@" in user or port == 0:
        raise wrong
