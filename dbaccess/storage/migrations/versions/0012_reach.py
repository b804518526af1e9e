"""The reach of grants' logins, the time when grants were held, and indexes for an auditor's questions."""

from pathlib import Path

from alembic import op

from dbaccess.storage.migrations.script import run_script

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
