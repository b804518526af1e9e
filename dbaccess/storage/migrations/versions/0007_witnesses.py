"""Witnesses: how far each place outside the control database has the checkpoints."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute(
        """create table ledger_witnesses (
               place text not null,
               seq bigint not null,
               stored_at timestamptz,
               failing_since timestamptz,
               failure text not null,
               constraint ledger_witnesses_pk primary key (place),
               constraint ledger_witnesses_are_whole check (seq >= 0 and (seq > 0) = (stored_at is not null)),
               constraint ledger_witnesses_are_short check (length(place) <= 1000 and length(failure) <= 1000)
           )"""
    )
    op.execute("alter table notices drop constraint notices_known_kind")
    op.execute(
        """alter table notices add constraint notices_known_kind check (
               kind in ('stray_left', 'orphaned_role', 'decoy', 'observing', 'clock_skew', 'doubtful_review',
                        'policy_refused', 'group_changed', 'still_overdue', 'many_overdue', 'many_ended_late',
                        'ended', 'lockdown', 'lockdown_lifted', 'not_posted', 'checkpoint_late',
                        'witness_fails')
           )"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
