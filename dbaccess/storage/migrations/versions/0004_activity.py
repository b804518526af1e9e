"""The statements that ran under grants, their gaps, and the coverage that canaries proved."""

from pathlib import Path

from alembic import op

from dbaccess.storage.migrations.script import run_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
