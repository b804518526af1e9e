"""`dbaccess migrate`."""

import typer

from dbaccess.settings import MigrateSettings


def migrate() -> None:
    r"""Migrate the control database to this version, as its owner (DBACCESS_MIGRATE_URL).

    It creates the roles dbaccess_bot, dbaccess_worker and dbaccess_auditor, which only reads.
    DBACCESS_BOT_PASSWORD, DBACCESS_WORKER_PASSWORD and DBACCESS_AUDITOR_PASSWORD, or their _FILE forms, set
    the passwords. Without them: \password dbaccess_bot in psql.
    """
    from dbaccess.storage import migrate as migrations

    settings = MigrateSettings.load()
    for line in migrations.migrate(
        settings.dbaccess_migrate_url,
        bot_password=settings.dbaccess_bot_password,
        worker_password=settings.dbaccess_worker_password,
        auditor_password=settings.dbaccess_auditor_password,
    ):
        typer.echo(line)
