"""Indexes that hold all names and accounts of a reviewer."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute("drop index reviews_reviewer, reviews_account")
    op.execute("create index reviews_reviewer on reviews (reviewer, reviewer_slack_id, request_id)")
    op.execute("create index reviews_account on reviews (reviewer_slack_id, reviewer, request_id)")


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
