"""The control database: tables, constraints and indexes."""

from pathlib import Path

from alembic import op

from dbaccess.storage.migrations.script import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
