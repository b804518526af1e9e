"""Pinned names that Slack uses otherwise now, and the alarm about them."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute(
        """create table changed_names (
               name text not null,
               what text not null,
               since timestamptz not null,
               constraint changed_names_pk primary key (name)
           )"""
    )
    op.execute("alter table notices drop constraint notices_known_kind")
    op.execute(
        """alter table notices add constraint notices_known_kind check (
               kind in ('stray_left', 'orphaned_role', 'decoy', 'observing', 'clock_skew', 'doubtful_review',
                        'policy_refused', 'group_changed', 'still_overdue', 'many_overdue', 'many_ended_late',
                        'ended', 'lockdown', 'lockdown_lifted', 'not_posted', 'checkpoint_late',
                        'witness_fails', 'name_changed')
           )"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
