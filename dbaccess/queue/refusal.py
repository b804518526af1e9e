"""The reason why Redis took no connection, without a secret."""

import re
import ssl
from collections.abc import Iterator
from contextlib import closing
from socket import gaierror
from typing import Final
from urllib.parse import urlsplit

import redis
from pydantic import SecretStr

from dbaccess.domain.refused_connection import Place, RefusedConnection
from dbaccess.queue.connection import connect

_PORT: Final = "6379"
_LOGIN: Final = "Check user and password in REDIS_URL."
_REACH: Final = "Check host and port in REDIS_URL, the server, and the network between."

_ANSWERS: Final = (
    ("NOAUTH|authentication required|HELLO must be called", "wants a password", _LOGIN),
    ("WRONGPASS|invalid (username|password)", "refuses the password", _LOGIN),
    (
        "without any password configured",
        "has no password, and REDIS_URL names one",
        "Set requirepass there, or take the password out of REDIS_URL.",
    ),
    ("DB index", "has no database of that number", "Check the number at the end of REDIS_URL."),
    (
        "NOPERM|no permissions",
        "does not let this user run what RQ needs",
        "Let it use every key and channel, and all commands but the dangerous ones.",
    ),
    ("max number of clients", "has no connection to spare", "Raise maxclients."),
    ("loading the dataset", "is starting", "Wait until it has read its data."),
    ("protocol error", "is not Redis", "Check host and port in REDIS_URL."),
    ("closed by server", "ended the connection", "Use rediss:// if it wants TLS, and see its log."),
)
"""Patterns of Redis's answers; what is said after the address; what to check."""


def ask_redis(url: SecretStr) -> RefusedConnection | None:
    """Connect, and return the reason why Redis does not answer; None if it does. Nothing stays open.

    Raises `BadAddress`.
    """
    with closing(connect(url)) as connection:
        try:
            connection.ping()
        except (redis.RedisError, OSError) as error:
            return refusal_of(url, error)
    return None


def refusal_of(url: SecretStr, error: BaseException) -> RefusedConnection:
    """Explain a failed call; of the error's own text nothing is repeated."""
    place = _place(url)
    where = place.where
    known = _by_answer(str(error), where) or _by_cause(list(_causes(error)), place)
    what, check = known or (f"{where} takes no connection", f"{_REACH} See its log.")
    return RefusedConnection(what=what, check=check)


def _place(url: SecretStr) -> Place:
    parts = urlsplit(url.get_secret_value())
    parameters = {"host": parts.hostname or parts.path, "port": parts.port or _PORT}
    return Place.of(parameters, secrets=[parts.password] if parts.password else [])


def _by_answer(said: str, where: str) -> tuple[str, str] | None:
    for pattern, what, check in _ANSWERS:
        if re.search(pattern, said, re.IGNORECASE):
            return f"{where} {what}", check
    return None


def _by_cause(causes: list[BaseException], place: Place) -> tuple[str, str] | None:
    # The error of the TLS library is the cause of one that only says that it took too long.
    for cause in reversed(causes):
        if isinstance(cause, ssl.SSLCertVerificationError):
            what = f"the certificate of {place.where} is for another host, or of an unknown authority"
            return what, "Name the authority's file: rediss://…?ssl_ca_certs=…"
        if isinstance(cause, ssl.SSLError) or "handshake" in str(cause):
            return f"{place.where} and this host find no common TLS", "Use redis:// for a server without TLS."
        if isinstance(cause, gaierror):
            return f"the host name {place.host} cannot be resolved", "Check REDIS_URL, and DNS on this host."
        if isinstance(cause, ConnectionRefusedError | FileNotFoundError):
            return f"no server listens at {place.where}", _REACH
        if isinstance(cause, TimeoutError | redis.TimeoutError):
            return f"{place.where} does not answer", _REACH
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
