"""Messages that Slack may show although its answer is not known."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.execute("alter table messages add column maybe_posted boolean not null default false")


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
