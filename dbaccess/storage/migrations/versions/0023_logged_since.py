"""Since when each look at people's own logins has found that all of a login is logged."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute("alter table activity_canaries add column logged_since jsonb not null default '{}'")


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
