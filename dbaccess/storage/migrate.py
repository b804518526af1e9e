"""The control database is brought to this version, with its roles and their rights."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import Connection as Driver
from psycopg import errors, sql
from pydantic import SecretStr
from sqlalchemy import Connection, NullPool, create_engine, event

from dbaccess.domain.errors import DbaccessError
from dbaccess.storage.connecting import open_pinned, parameters
from dbaccess.storage.migrations.script import run_script
from dbaccess.storage.url import Url, driver_url

OWNER, BOT, WORKER = "dbaccess_owner", "dbaccess_bot", "dbaccess_worker"
_LOCK = 0x6462616363657373
"""`dbaccess` in ASCII: two migrations of one database run one after the other."""


_RIGHTS = "0001_rights.sql"
_MEMBERSHIP_HAS_OPTIONS = 160_000


class MigrationFailed(DbaccessError):
    """The control database is as it was; the text says what to run first."""


def migrate(
    owner_url: Url, *, bot_password: SecretStr | None = None, worker_password: SecretStr | None = None
) -> list[str]:
    """Roles, tables and rights are those of this version; says what was done, one line each.

    Repeated, rights that are missing are given and the passwords set again. These reach the server as
    SCRAM verifiers.
    """
    said: list[str] = []
    with _connection(owner_url) as connection:
        driver = _driver(connection)
        # What goes past SQLAlchemy is committed past it too.
        driver.execute("select pg_advisory_lock(%s)", [_LOCK])
        driver.commit()
        said += [line for role in (BOT, WORKER) if (line := _ensure_role(driver, role))]
        for role in (BOT, WORKER):
            _let_end_sessions(driver, role)
        _limit_connections(driver)
        driver.commit()
        said += _upgrade(connection)
        said += _close_database(driver)
        for role, password in ((BOT, bot_password), (WORKER, worker_password)):
            if password is not None:
                _set_password(driver, role, password)
                said.append(f"{role}: password set.")
        driver.commit()
    return said


def head_revision() -> str:
    """The revision that this version of dbaccess needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # noqa: S101 the package has at least one
    return head


@contextmanager
def _connection(url: Url) -> Iterator[Connection]:
    engine = create_engine(
        driver_url(url),
        poolclass=NullPool,
        hide_parameters=True,
        # A migration may take its time, and keeps its lock meanwhile.
        connect_args=parameters(
            "dbaccess-migrate", statement_timeout="0", idle_in_transaction_session_timeout="0"
        ),
    )
    event.listen(engine, "do_connect", open_pinned)
    with engine.connect() as connection:
        yield connection


def _driver(connection: Connection) -> Driver[tuple[Any, ...]]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, Driver)  # noqa: S101 the dialect is ours
    return driver


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", "dbaccess.storage:migrations")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> list[str]:
    before = MigrationContext.configure(connection).get_current_revision()
    connection.commit()
    if before == head_revision():
        with connection.begin():
            # A role that was made anew, after a restore on another server say, has none.
            run_script(connection, _RIGHTS)
        return [f"Schema: {before}, nothing to do."]
    with connection.begin():
        command.upgrade(_config(connection), "head")
    return [f"Schema: {before or 'empty'} to {head_revision()}."]


def _ensure_role(driver: Driver[tuple[Any, ...]], role: str) -> str | None:
    if driver.execute("select from pg_roles where rolname = %s", [role]).fetchone() is not None:
        return None
    try:
        with driver.transaction():
            driver.execute(
                sql.SQL(
                    "create role {} with login nosuperuser nocreatedb nocreaterole noreplication nobypassrls"
                ).format(sql.Identifier(role))
            )
    except (errors.DuplicateObject, errors.UniqueViolation):
        return None  # made by the migration of another database of this cluster meanwhile
    except errors.InsufficientPrivilege as refused:
        raise MigrationFailed(
            f"There is no role {role}, and this login may not make it. As an administrator of the server, "
            f"run: create role {role} with login"
        ) from refused
    return f"{role}: made."


def _let_end_sessions(driver: Driver[tuple[Any, ...]], role: str) -> None:
    """`end_blockers` runs as this login, and ends sessions of the role: a member may."""
    may = driver.execute("select pg_has_role(%s, 'usage')", [role]).fetchone()
    if may == (True,):
        return
    (me,) = driver.execute("select current_user").fetchone() or ("",)
    options = " with inherit true, set false" if driver.info.server_version >= _MEMBERSHIP_HAS_OPTIONS else ""
    membership = sql.SQL("grant {} to {}" + options).format(sql.Identifier(role), sql.Identifier(me))
    try:
        driver.execute(membership)
    except errors.InsufficientPrivilege as refused:
        raise MigrationFailed(
            f"This login is no member of {role}, and cannot end a session of it that keeps an end waiting. "
            f"As an administrator of the server, run: {membership.as_string(driver)}"
        ) from refused


def _limit_connections(driver: Driver[tuple[Any, ...]]) -> None:
    """The bot leaves half of the server's connections: without one, no worker ends anything."""
    unlimited = driver.execute("select from pg_roles where rolname = %s and rolconnlimit = -1", [BOT])
    if unlimited.fetchone() is None:
        return
    (half,) = driver.execute("select current_setting('max_connections')::int / 2").fetchone() or (0,)
    with suppress(errors.InsufficientPrivilege), driver.transaction():
        driver.execute(sql.SQL("alter role {} connection limit {}").format(sql.Identifier(BOT), half))


def _close_database(driver: Driver[tuple[Any, ...]]) -> list[str]:
    """Only the two roles connect, and nobody makes objects in it: a table of theirs could shadow ours."""
    (name,) = driver.execute("select current_database()").fetchone() or ("",)
    database, both = sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, (BOT, WORKER)))
    driver.execute(sql.SQL("revoke all on database {} from public").format(database))
    driver.execute(sql.SQL("grant connect on database {} to {}").format(database, both))
    driver.execute("revoke all on schema public from public")
    return [f"Rights: only {BOT} and {WORKER} connect."]


def _set_password(driver: Driver[tuple[Any, ...]], role: str, password: SecretStr) -> None:
    verifier = driver.pgconn.encrypt_password(
        password.get_secret_value().encode(), role.encode(), b"scram-sha-256"
    )
    try:
        driver.execute(
            sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(verifier.decode()))
        )
    except errors.InsufficientPrivilege as refused:
        raise MigrationFailed(
            f"This login may not set the password of {role}, which somebody else made. As an administrator "
            f"of the server, run: grant {role} to {OWNER} with admin option"
        ) from refused
