"""The reason why a server took no connection, in words that hold no secret."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

_URL: Final = "Check user and password in the URL."
_TLS: Final = "Check sslmode and sslrootcert in the URL."
_REACH: Final = "Check host and port in the URL, the server, and the network between."


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedConnection:
    """`what` is a clause about the server, such as `db1:5432 has no database orders`; `check` a sentence."""

    what: str
    check: str

    def __str__(self) -> str:
        return f"{self.what}. {self.check}"


SECRET_PARAMETERS: Final = ("password", "sslpassword", "options", "passfile", "sslkey", "oauth_client_secret")
"""Parameters of an address with values that are shown nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The parts of an address that may be shown; a part that shows a secret of the address is left out."""

    host: str
    port: str
    user: str = ""
    database: str = ""

    @classmethod
    def of(cls, parts: Mapping[str, object], *, secrets: Collection[str]) -> "Place":
        """Take the parts `host`, `port`, `user` and `dbname`."""
        shown = {name: _shown(str(parts.get(name) or ""), secrets) for name in ("host", "port", "user")}
        database = _shown(str(parts.get("dbname") or ""), secrets)
        return cls(
            host=shown["host"] or "localhost",
            port=shown["port"] or "5432",
            user=shown["user"] or "its user",
            database=database or "that the URL names",
        )

    @property
    def where(self) -> str:
        return self.host if self.host.startswith("/") else f"{self.host}:{self.port}"


def postgresql_refusal(text: str, place: Place) -> RefusedConnection:
    """Explain libpq's text, of which nothing is repeated: a server may send any text, also a password."""
    for pattern, what, check in _KNOWN:
        if re.search(pattern, text, re.IGNORECASE):
            return RefusedConnection(what=what(place), check=check)
    return RefusedConnection(what=f"{place.where} takes no connection", check=f"{_REACH} See its log.")


def _shown(text: str, secrets: Collection[str]) -> str:
    if any(secret and secret in text for secret in secrets):
        return ""
    return "".join(c for c in text if c.isprintable())[:100]


_Clause = Callable[[Place], str]
_KNOWN: Final[tuple[tuple[str, _Clause, str], ...]] = (
    (
        "invalid .*(value|option)|weak sslmode",
        lambda _: "its URL has a parameter that libpq does not take",
        "Write postgresql://user:password@host:5432/database?sslmode=verify-full.",
    ),
    (
        "password authentication failed|(ldap|pam|radius|scram|gssapi) authentication failed",
        lambda at: f"{at.where} refuses the password of {at.user}",
        _URL,
    ),
    ("no password supplied", lambda at: f"{at.where} wants a password of {at.user}", _URL),
    (
        r"no pg_hba\.conf entry.*(no encryption|ssl off)",
        lambda at: (
            f"{at.where} lets {at.user} from this host into {at.database} only with TLS, or not at all"
        ),
        "Check sslmode in the URL, and pg_hba.conf.",
    ),
    (
        r"pg_hba\.conf",
        lambda at: f"{at.where} does not let {at.user} from this host into {at.database}",
        "Add a line to pg_hba.conf, then: select pg_reload_conf();",
    ),
    (
        "not permitted to log in",
        lambda at: f"{at.where} does not let {at.user} log in: it is a role without LOGIN",
        _URL,
    ),
    (
        "too many (connections|clients)|connection slots",
        lambda at: f"{at.where} has no connection to spare",
        "Raise max_connections, or a limit of the role or database.",
    ),
    (
        "starting up|shutting down|recovery mode|not yet accepting",
        lambda at: f"{at.where} is starting or stopping",
        "Wait until the server is up.",
    ),
    (
        "not currently accepting connections",
        lambda at: f"{at.where} has closed the database {at.database}",
        "alter database … allow_connections true;",
    ),
    (
        "permission denied for database|CONNECT privilege",
        lambda at: f"{at.where} does not let {at.user} connect to the database {at.database}",
        "grant connect on database … to that login.",
    ),
    (
        "role .* does not exist",
        lambda at: f"{at.where} has no role {at.user}",
        _URL,
    ),
    (
        "database .* does not exist",
        lambda at: f"{at.where} has no database {at.database}",
        "Check the database in the URL.",
    ),
    (
        "unsupported startup parameter|no such user.*pgbouncer|pgbouncer",
        lambda at: f"{at.where} is a pooler",
        "Use the address of the server itself: a pooler loses locks and settings.",
    ),
    (
        "does not support SSL|SSL was required|server does not use SSL",
        lambda at: f"{at.where} does not use TLS, and sslmode demands it",
        "Set ssl = on at the server, with a certificate.",
    ),
    (
        "does not match host name|hostname mismatch",
        lambda at: f"the certificate of {at.where} is for another host",
        "Use the name that the certificate has.",
    ),
    (
        "root certificate|sslrootcert",
        lambda at: f"the file in sslrootcert for {at.where} cannot be read",
        "Check its path, and that this user may read it.",
    ),
    (
        "certificate verify failed|self[- ]signed|local issuer",
        lambda at: (
            f"the certificate of {at.where} is not signed by an authority in sslrootcert, or is out of date"
        ),
        _TLS,
    ),
    (
        "private key|certificate file|sslcert|sslkey",
        lambda at: f"the client's certificate or key for {at.where} cannot be used",
        "Check sslcert and sslkey, and that only this user may read the key.",
    ),
    ("SSL error|tlsv1|SSL SYSCALL", lambda at: f"{at.where} and this host find no common TLS", _TLS),
    (
        "translate host name|resolve host|not known|name resolution|nodename nor servname|no address",
        lambda at: f"the host name {at.host} cannot be resolved",
        "Check the host in the URL, and DNS on this host.",
    ),
    (
        "could not (access|load|open) (file|library)",
        lambda at: f"{at.where} cannot load a library that {at.user} is to have in {at.database}",
        "Look at session_preload_libraries and local_preload_libraries of server, database and role.",
    ),
    ("connection refused", lambda at: f"no server listens at {at.where}", _REACH),
    ("No such file or directory", lambda at: f"no server listens at the socket in {at.where}", _REACH),
    ("unreachable|no route", lambda at: f"no network leads to {at.where}", _REACH),
    (
        "transaction timeout",
        lambda at: f"{at.where} ends sessions before they have begun, by its transaction_timeout",
        "Raise transaction_timeout of the server.",
    ),
    ("timeout|timed out|silent", lambda at: f"{at.where} does not answer", _REACH),
    (
        "closed the connection|connection reset|invalid response|expected authentication",
        lambda at: f"{at.where} ended the connection, or is not PostgreSQL",
        _REACH,
    ),
)
"""Patterns of libpq and server, the first that fits counts; what is said; what to check."""
