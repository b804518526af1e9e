"""A notice about a break-glass review that no person of its group may have given."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("alter table notices drop constraint notices_known_kind")
    op.execute(
        """alter table notices add constraint notices_known_kind check (
               kind in ('stray_left', 'orphaned_role', 'decoy', 'observing', 'clock_skew', 'doubtful_review',
                        'policy_refused', 'group_changed', 'still_overdue', 'many_overdue', 'many_ended_late',
                        'ended', 'lockdown', 'lockdown_lifted')
           )"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
