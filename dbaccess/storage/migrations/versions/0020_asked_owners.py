"""The owners of a group are asked to answer its access review."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.execute("alter table access_reviews add column asked_at timestamptz")
    op.execute("alter table notices drop constraint notices_known_kind")
    op.execute(
        """alter table notices add constraint notices_known_kind check (
               kind in ('stray_left', 'orphaned_role', 'decoy', 'observing', 'clock_skew', 'doubtful_review',
                        'policy_refused', 'group_changed', 'still_overdue', 'many_overdue', 'many_ended_late',
                        'ended', 'lockdown', 'lockdown_lifted', 'not_posted', 'checkpoint_late',
                        'witness_fails', 'name_changed', 'access_review_asked', 'access_review_due',
                        'access_review_closed')
           )"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
