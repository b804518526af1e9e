"""The command line, assembled from its nouns and verbs."""

import logging
import sys

import typer

from dbaccess.cli import (
    activity,
    audit,
    break_glass,
    doctor,
    grants,
    init,
    ledger,
    lockdown,
    migrate,
    policy,
    requests,
    targets,
)
from dbaccess.domain.errors import DbaccessError
from dbaccess.log import configure_logging
from dbaccess.settings import SettingsError

WRONG_USE = 2


def build() -> typer.Typer:
    """Return the whole command line."""
    app = typer.Typer(
        name="dbaccess",
        help="Just-in-time database access: check, list and revoke. Start with: dbaccess doctor",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.command("init")(init.init)
    app.command("migrate")(migrate.migrate)
    app.command("doctor")(doctor.doctor)
    for name, noun in (
        ("policy", policy.app),
        ("requests", requests.app),
        ("grants", grants.app),
        ("activity", activity.app),
        ("audit", audit.app),
        ("break-glass", break_glass.app),
        ("lockdown", lockdown.app),
        ("ledger", ledger.app),
        ("targets", targets.app),
    ):
        app.add_typer(noun, name=name)
    return app


def main() -> None:
    """Run the command. Exit code 0: done; 1: a finding; 2: wrong use or a dependency that does not answer."""
    # The output is for people and programs; logs go beside it.
    configure_logging(level=logging.WARNING)
    if not all(map(_is_text, sys.argv)):
        _fail("An argument is not text: write it in UTF-8.")
    try:
        build()()
    except (DbaccessError, SettingsError) as error:
        _fail(str(error))
    except Exception as error:
        why = _why(error)
        if why is None:
            raise
        _fail(why)


def _is_text(word: str) -> bool:
    """Return whether an argument is text: Python marks bytes that it cannot read."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


def _why(error: BaseException | None) -> str | None:
    """Return the fix for an error of a database, without its text, which may quote a statement.

    None for any other.
    """
    # Imported late, so that help and file checks start fast; a database error proves that it is loaded.
    import psycopg
    import sqlalchemy.exc

    if isinstance(error, sqlalchemy.exc.DBAPIError):
        error = error.orig
    elif not isinstance(error, psycopg.Error):
        return None
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return (
            "This login may not do that. Let DATABASE_URL name dbaccess_worker, or dbaccess_auditor for what "
            "only reads."
        )
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return "The control database has another version. Run: dbaccess migrate"
    if isinstance(error, psycopg.OperationalError):
        return "The database does not answer, or refuses this login. Check the URL, then: dbaccess doctor"
    return f"The database refused it ({type(error).__name__}). See: dbaccess doctor"


def _fail(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.exit(WRONG_USE)
