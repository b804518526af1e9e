"""Connections to a server where defaults, roles and names may all be hostile."""

import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any, Final, TypeVar

import psycopg
from psycopg import sql
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import AdaptersMap, Loader
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from dbaccess.domain.errors import TargetUnreachable
from dbaccess.host_addresses import connect_by_address
from dbaccess.targets.postgresql.names import readable
from dbaccess.targets.postgresql.refusal import refusal_of
from dbaccess.targets.postgresql.timeouts import Timeouts

Value = TypeVar("Value")
NO_ANSWER: Final = "no_answer"
LOCK_TABLE_FULL: Final = "lock_table_full"
_OUT_OF_MEMORY: Final = psycopg.errors.OutOfMemory.sqlstate

# Sent with the connection, so that they hold before the first statement, above the defaults of server,
# database and role. Each setting that a login may change and that could alter our results or stop us is here
# or set by `renew`. Left alone: storage of tables, cost of plans, texts of messages, and settings that only a
# superuser may change.
_PINNED: Final = {
    # A read-only default refuses every change; serializable and deferrable transactions fail or wait.
    "default_transaction_read_only": "off",
    "default_transaction_isolation": "read committed",
    "default_transaction_deferrable": "off",
    # `off` loses a revocation in a crash. `on` waits for a synchronous standby: no other session sees the
    # revocation until that standby answers, which may be never.
    "synchronous_commit": "local",
    # One error is one failure, and does not end the session.
    "exit_on_error": "off",
    # The meaning of statements, and the form of names.
    "standard_conforming_strings": "on",
    "array_nulls": "on",
    "transform_null_equals": "off",
    "quote_all_identifiers": "off",
    # A query of the catalogs needs no other process and no compiler.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    # A login does not wait after authentication.
    "post_auth_delay": "0",
    # Any user may set it, a database's owner too: a missing library would refuse every session.
    "local_preload_libraries": "",
    # These would write the verifier of a password into the server's log.
    "debug_print_parse": "off",
    "debug_print_rewritten": "off",
    "debug_print_plan": "off",
    "log_parameter_max_length_on_error": "0",
    # The server drops the connection of a host that is gone.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25000",
}

# A look waits only for a lock on a whole catalog. A statement that waits for another lock sets its own limit.
_CATALOG_SECONDS: Final = 0.5

# Set after the connection: sent with it, they would replace what a database has for its own event triggers.
OF_THE_DATABASE: Final = {
    # Names in our catalog queries keep their meaning, whatever objects the database's owner made.
    "search_path": "pg_catalog",
    # The driver reads times and intervals in these forms only.
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
}
_SINCE: Final = {
    # The worker gets no membership in the logins that it makes.
    16: {"createrole_self_grant": ""},
    # `statement_timeout` and `idle_in_transaction_session_timeout` already bound a transaction.
    17: {"transaction_timeout": "0"},
}


class PatientConnection(psycopg.Connection[tuple[Any, ...]]):
    """A connection that notices a server which stays connected and silent.

    Neither `statement_timeout` nor TCP does.
    """

    timeouts = Timeouts()
    began = 0.0
    lock_entries = 0
    identity: str | None = None
    """The identity of the server, once it was read: a connection leads to one server as long as it lives."""
    looked_at = float("-inf")
    usual_silence: float | None = None
    """Seconds without an answer after which the server counts as silent; None: `timeouts.answer`.

    Shorter where all statements are short, as in the database where ends work.
    """
    silence: float | None = None
    """The same for one transaction; None: as usual."""

    def renew(self, *queries: sql.SQL) -> None:
        """Reset the session to its first state, whatever it was used for; raises `psycopg.Error`.

        One round trip outside of any transaction, which also shows that the server is there, and that it
        takes these queries.
        """
        begin = _begin(self.info.server_version // 10_000)
        self.autocommit = True
        self.silence = self.timeouts.connect  # a peer that is gone counts as unreachable
        self.execute(sql.SQL("; ").join([begin, *queries]))
        self.silence = None
        self.autocommit = False

    def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:
        usual = self.timeouts.answer if self.usual_silence is None else self.usual_silence
        silence = usual if self.silence is None else self.silence
        return super().wait(gen, interval, silence if timeout is None else timeout)


def connect(
    url: SecretStr, cluster: str, timeouts: Timeouts, *, database: str, idle: float = 0
) -> PatientConnection:
    """Return a connection with a session that has begun; raises `TargetUnreachable`.

    The server closes it after `idle` seconds without a transaction; 0 is never.
    """
    address = ""
    with suppress(psycopg.ProgrammingError):  # its text has the whole URL in it, the password included
        address = _address(url, timeouts, database, idle)
    if not address:
        why = f"{cluster}: its URL is not one of PostgreSQL. Write postgresql://user:password@host:5432/database."
        raise TargetUnreachable(why, code="configuration")
    try:
        connection = connect_by_address(
            PatientConnection.connect, address, autocommit=True, prepare_threshold=None, context=_ADAPTERS
        )
    except psycopg.Error as error:
        timed_out = isinstance(error, psycopg.errors.ConnectionTimeout)
        code = NO_ANSWER if timed_out else error.sqlstate or "unreachable"
        why = str(refusal_of(url.get_secret_value(), error, database=database))
    else:
        connection.timeouts, connection.began = timeouts, time.monotonic()
        try:
            connection.renew()
        except psycopg.Error as error:
            connection.close()
            code = code_of(error.sqlstate)
            why = f"it stopped to answer at the connection ({code})."
        else:
            return connection
    raise TargetUnreachable(f"{cluster}: {why}", code=code)


def code_of(sqlstate: str | None) -> str:
    """Return the failure's code: a word where the server gave no SQLSTATE, or names a full lock table."""
    return LOCK_TABLE_FULL if sqlstate == _OUT_OF_MEMORY else sqlstate or NO_ANSWER


@cache
def _begin(version: int) -> sql.Composed:
    settings: dict[str, str] = {}
    for first, later in sorted(_SINCE.items(), reverse=True):  # the timeout first, for it runs already
        settings |= later if version >= first else {}
    settings |= OF_THE_DATABASE
    ours = [
        sql.SQL("set {} to {}").format(sql.Identifier(name), sql.Literal(value))
        for name, value in settings.items()
    ]
    return sql.SQL("; ").join([sql.SQL("reset all"), sql.SQL("reset role"), *ours])


def _address(url: SecretStr, timeouts: Timeouts, database: str, idle: float) -> str:
    settings = {
        **_PINNED,
        "idle_in_transaction_session_timeout": _milliseconds(timeouts.stall),
        "idle_session_timeout": _milliseconds(idle),
        "statement_timeout": _milliseconds(timeouts.statement),
        "lock_timeout": _milliseconds(min(timeouts.lock, _CATALOG_SECONDS)),
    }
    return make_conninfo(
        url.get_secret_value(),
        dbname=database,
        application_name="dbaccess",
        client_encoding="UTF8",
        connect_timeout=timeouts.connect,
        tcp_user_timeout=_milliseconds(timeouts.answer),
        keepalives=1,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
        options=_options(settings),
    )


def _options(settings: Mapping[str, str]) -> str:
    escaped = {name: value.replace(" ", "\\ ") for name, value in settings.items()}
    return " ".join(f"-c {name}={value}" for name, value in escaped.items())


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))


class RawText(Loader):
    """Loads the bytes of a text, as the server sends them."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


class _AnyText(Loader):
    """Loads a text that may not be UTF-8, for a role made in a database of another encoding.

    Such a name can be reported, and equals none of ours.
    """

    def load(self, data: Buffer) -> str:
        return readable(bytes(data))


_ADAPTERS: Final = AdaptersMap(psycopg.adapters)
for _type in ("text", "name", "varchar", "bpchar", '"char"'):
    _ADAPTERS.register_loader(_type, _AnyText)
