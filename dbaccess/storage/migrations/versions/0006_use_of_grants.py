"""Sessions that were seen under grants, and ends of grants that are idle."""

from pathlib import Path

from alembic import op

from dbaccess.storage.migrations.script import run_script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
