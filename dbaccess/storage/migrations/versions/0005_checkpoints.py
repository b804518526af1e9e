"""Checkpoints: signed heads of the ledger."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(
        """create table ledger_checkpoints (
               seq bigint not null,
               head bytea not null,
               at timestamptz not null,
               installation text not null,
               key_id text not null,
               signature bytea not null,
               constraint ledger_checkpoints_pk primary key (seq),
               constraint ledger_checkpoints_are_whole check (
                   octet_length(head) = 32 and octet_length(signature) = 64
                   and key_id ~ '^[0-9a-f]{16}$' and installation ~ '^[a-z][a-z0-9]{0,15}$'
               )
           )"""
    )
    op.execute("create index ledger_keys on ledger (seq) where kind = 'ledger.key_introduced'")
    op.execute("alter table notices drop constraint notices_known_kind")
    op.execute(
        """alter table notices add constraint notices_known_kind check (
               kind in ('stray_left', 'orphaned_role', 'decoy', 'observing', 'clock_skew', 'doubtful_review',
                        'policy_refused', 'group_changed', 'still_overdue', 'many_overdue', 'many_ended_late',
                        'ended', 'lockdown', 'lockdown_lifted', 'not_posted', 'checkpoint_late')
           )"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
