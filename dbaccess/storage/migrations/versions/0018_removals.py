"""Removals of standing access that an access review asked for."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute(
        """alter table access_review_items
               add column removal text,
               add column removal_note text not null default '',
               add constraint access_review_items_known_removal
                   check (removal in ('wanted', 'started', 'done', 'refused'))"""
    )
    op.execute(
        """create index access_review_items_to_remove
               on access_review_items ((about ->> 'cluster'), review_id, number)
               where removal in ('wanted', 'started')"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
