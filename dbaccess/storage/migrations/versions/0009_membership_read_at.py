"""When Slack was read for the groups of a reviewer."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # Reviews from before have no such time, and the version before goes on to write none.
    for table in ("reviews", "break_glass_reviews"):
        op.execute(f"alter table {table} add column membership_read_at timestamptz")


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
