"""The account of an owner who answered an item of an access review in Slack."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.execute(
        """alter table access_review_items
               add column answered_slack_id text,
               add constraint access_review_items_people_keep_or_remove
                   check (answered_slack_id is null or answer in ('keep', 'remove'))"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
