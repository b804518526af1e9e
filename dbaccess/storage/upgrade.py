"""The schema of the control database becomes that of this version, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import Connection as Driver
from psycopg import errors
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from dbaccess.storage.migrations import PACKAGED, MigrationFailed, Migrations
from dbaccess.storage.migrations.script import run_script
from dbaccess.storage.schema_check import differences, read_facts, read_record
from dbaccess.storage.table_locks import PATIENCE, lock_tables

_CLEAR = "clear.sql"
_MADE_ANEW = ("guards.sql", "ledger.sql", "rules.sql", "triggers.sql", "revoke.sql", "rights.sql")


def upgrade(
    connection: Connection,
    driver: Driver[tuple[Any, ...]],
    migrations: Migrations = PACKAGED,
    *,
    patience: timedelta = PATIENCE,
) -> list[str]:
    """Run the revisions that are missing, and replace functions, triggers, rules and rights.

    `driver` is the connection below `connection`. Other sessions see the old schema until the new one is
    whole. Return what was done, one line each. Repeated, it undoes what was changed by hand, and names all of
    that. It also names what it leaves: tables, columns, constraints and indexes. Raise `MigrationFailed`
    where nothing changed.
    """
    script = ScriptDirectory.from_config(_config(migrations))
    head = script.get_current_head()
    before = MigrationContext.configure(connection).get_current_revision()
    connection.commit()
    if before not in {None, *(revision.revision for revision in script.walk_revisions())}:
        raise MigrationFailed(
            f"The control database has revision {before}, which this version does not know. "
            "Install the version that made it, or a newer one."
        )
    _refuse_unfinished(driver, before)
    with _refusals(), connection.begin():
        lock_tables(driver, patience=patience)
        # Once the files are run again, nothing shows what was changed by hand.
        found = differences(read_facts(driver, migrations), read_record(migrations)) if before == head else []
        # Guards of the version before would refuse what a revision does to rows and columns.
        run_script(connection, migrations.sql / _CLEAR)
        command.upgrade(_config(migrations, connection), "head")
        for part in _MADE_ANEW:
            run_script(connection, migrations.sql / part)
        left = differences(read_facts(driver, migrations), read_record(migrations))
    done = f"{before}, no new revision" if before == head else f"{before or 'empty'} to {head}"
    kept = {(difference.kind, difference.name) for difference in left}
    undone = [difference for difference in found if (difference.kind, difference.name) not in kept]
    return [
        f"Schema: {done}.",
        *(f"{difference.undone}." for difference in undone),
        *(f"Left as it is: {difference.what}." for difference in left),
    ]


def _refuse_unfinished(driver: Driver[tuple[Any, ...]], revision: str | None) -> None:
    """Refuse revision 0001 as checkouts had it before it was frozen: no revision leads on from there."""
    if revision != "0001":
        return
    with driver.transaction():
        found = driver.execute("select to_regclass('public.break_glass_reviews') is not null").fetchone()
    if found != (True,):
        raise MigrationFailed(
            "Nothing is changed: this control database has no table break_glass_reviews. A checkout from "
            "before 2026-11-30 made it, and no version migrates it. Make a new control database, and run "
            "dbaccess migrate on that. If the table was dropped, restore a backup."
        )


@contextmanager
def _refusals() -> Iterator[None]:
    """Say what to do where PostgreSQL refuses what a migration has to change."""
    try:
        yield
    except (psycopg.Error, DBAPIError) as error:
        refused = error.orig if isinstance(error, DBAPIError) else error
        if (why := _why(refused)) is None:
            raise
        raise MigrationFailed(f"Nothing is changed: {why}") from error


def _why(refused: object) -> str | None:
    if isinstance(refused, errors.InsufficientPrivilege):
        return (
            f"{refused.diag.message_primary}. Run dbaccess migrate as the owner of the database and of all "
            "tables in its schema public."
        )
    if isinstance(refused, errors.DependentObjectsStillExist):
        needed = "; ".join((refused.diag.message_detail or "").splitlines())
        return (
            f"{needed}. A migration makes the functions of the schema public anew, and drops no object that "
            "needs one. Drop the object yourself, or move the function into a schema of yours."
        )
    return None


def head_revision(migrations: Migrations = PACKAGED) -> str:
    """Return the newest revision."""
    head = ScriptDirectory.from_config(_config(migrations)).get_current_head()
    assert head is not None  # noqa: S101 the package has at least one
    return head


def _config(migrations: Migrations, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations.root).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
