"""The control database: tables, guards, and the rights of the bot and the worker."""

from alembic import op

from dbaccess.storage.migrations.script import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    for part in ("tables", "guards", "ledger", "triggers", "rights"):
        run_script(op.get_bind(), f"0001_{part}.sql")


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
