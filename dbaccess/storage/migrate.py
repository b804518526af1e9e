"""Migration of the control database to this version, with its roles and their rights."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Final

from psycopg import Connection as Driver
from psycopg import errors, sql
from pydantic import SecretStr
from sqlalchemy import Connection, NullPool, create_engine, event

from dbaccess.storage.connecting import (
    ENCODING,
    WRITABLE,
    open_pinned,
    parameters,
    why_read_only,
    wrong_encoding,
)
from dbaccess.storage.migrations import PACKAGED, MigrationFailed, Migrations
from dbaccess.storage.table_locks import PATIENCE
from dbaccess.storage.upgrade import upgrade
from dbaccess.storage.url import Url, driver_url

OWNER, BOT, WORKER, AUDITOR = "dbaccess_owner", "dbaccess_bot", "dbaccess_worker", "dbaccess_auditor"
RUNNING: Final = (BOT, WORKER, AUDITOR)
"""The roles of everything that connects: what runs, and an auditor's command line, which only reads."""
_AUDITORS: Final = 5
"""The most connections of auditors at once."""
_LOCK = 0x6462616363657373
"""`dbaccess` in ASCII: two migrations of one database run one after the other."""
_ONE_BY_ONE = "5min"
"""How long a migration waits for another one of the same database."""
_HOLDER = """select l.pid, coalesce(a.usename, 'an unknown role'), coalesce(a.application_name, '')
               from pg_locks l left join pg_stat_activity a on a.pid = l.pid
              where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                and l.classid::bigint << 32 | l.objid::bigint = %s
                and l.database = (select oid from pg_database where datname = current_database())"""
_MEMBERSHIP_HAS_OPTIONS = 160_000


def migrate(
    owner_url: Url,
    *,
    bot_password: SecretStr | None = None,
    worker_password: SecretStr | None = None,
    auditor_password: SecretStr | None = None,
    migrations: Migrations = PACKAGED,
    patience: timedelta = PATIENCE,
) -> list[str]:
    """Make roles and schema those of this version, while bots and workers run.

    Return what was done, one line each. Repeated, it replaces functions, triggers and rights, and sets the
    passwords again. These reach the server as SCRAM verifiers. Raise `MigrationFailed`, the schema as it was;
    roles may be made and passwords set by then.
    """
    said: list[str] = []
    with _connection(owner_url) as connection:
        driver = _driver(connection)
        found = why_read_only(*(driver.execute(WRITABLE).fetchone() or (False, False)))
        found = found or wrong_encoding(*(driver.execute(ENCODING).fetchone() or ("",)))
        if found is not None:
            what, fix = found
            raise MigrationFailed(f"DBACCESS_MIGRATE_URL leads to {what}: {fix}")
        _wait_for_others(driver)
        said += [line for role in RUNNING if (line := _ensure_role(driver, role))]
        for role in RUNNING:
            _let_end_sessions(driver, role)
        _limit_connections(driver)
        driver.commit()
        passwords = zip(RUNNING, (bot_password, worker_password, auditor_password), strict=True)
        for role, password in passwords:
            if password is not None:
                _set_password(driver, role, password)
                said.append(f"{role}: password set.")
        driver.commit()
        # Last: a failure after the upgrade would lose the lines that tell what it undid.
        said += upgrade(connection, driver, migrations, patience=patience)
        said.append(f"Rights: only the owner, {BOT}, {WORKER} and {AUDITOR} have any.")
    return said


@contextmanager
def _connection(url: Url) -> Iterator[Connection]:
    engine = create_engine(
        driver_url(url),
        poolclass=NullPool,
        hide_parameters=True,
        # A migration may take long, and keeps its lock meanwhile.
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


def _wait_for_others(driver: Driver[tuple[Any, ...]]) -> None:
    """Run alone until the connection closes."""
    driver.execute("select set_config('lock_timeout', %s, true)", [_ONE_BY_ONE])
    try:
        driver.execute("select pg_advisory_lock(%s)", [_LOCK])
    except errors.LockNotAvailable as waited:
        driver.rollback()
        raise MigrationFailed(_held_by(driver)) from waited
    # Statements that bypass SQLAlchemy are also committed without it.
    driver.commit()


def _held_by(driver: Driver[tuple[Any, ...]]) -> str:
    """Name the session in the way: any login can take this lock, not only a migration."""
    holder = driver.execute(_HOLDER, [_LOCK]).fetchone()
    if holder is None:
        return "Another session had the lock of dbaccess migrate until now. Run dbaccess migrate again."
    pid, role, application = holder
    return (
        f"Session {pid} of {role} ({application}) has the lock of dbaccess migrate. If that is a migration, "
        "run this one after it. Otherwise end the session first, as its role or an administrator: "
        f"select pg_terminate_backend({pid})"
    )


def _ensure_role(driver: Driver[tuple[Any, ...]], role: str) -> str | None:
    if driver.execute("select from pg_roles where rolname = %s", [role]).fetchone() is not None:
        return None
    try:
        with driver.transaction():
            # Without NOSUPERUSER and the like, which are the default: a managed service may refuse the words.
            driver.execute(sql.SQL("create role {} with login").format(sql.Identifier(role)))
    except (errors.DuplicateObject, errors.UniqueViolation):
        return None  # the migration of another database of this cluster made it meanwhile
    except errors.InsufficientPrivilege as refused:
        raise MigrationFailed(
            f"There is no role {role}, and this login may not make it. As an administrator of the server, "
            f"run: create role {role} with login"
        ) from refused
    return f"{role}: made."


def _let_end_sessions(driver: Driver[tuple[Any, ...]], role: str) -> None:
    """Make the login of `end_blockers` a member of the role, so that it may end its sessions."""
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
    """Leave about half of the server's connections to the workers: without one, none can end a grant."""
    (half,) = driver.execute("select current_setting('max_connections')::int / 2").fetchone() or (0,)
    for role, limit in ((BOT, half), (AUDITOR, _AUDITORS)):
        unlimited = driver.execute("select from pg_roles where rolname = %s and rolconnlimit = -1", [role])
        if unlimited.fetchone() is None:
            continue
        with suppress(errors.InsufficientPrivilege), driver.transaction():
            driver.execute(sql.SQL("alter role {} connection limit {}").format(sql.Identifier(role), limit))


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
            f"This login may not set the password of {role}, which another login made. As an administrator "
            f"of the server, run: grant {role} to {OWNER} with admin option"
        ) from refused
