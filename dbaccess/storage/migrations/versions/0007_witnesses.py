"""Witnesses: how far each place outside the control database has the checkpoints.

Also the announcement of a break-glass in the operators' channel.
"""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _make_witnesses()
    _let_operators_be_told()


def _make_witnesses() -> None:
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


def _let_operators_be_told() -> None:
    op.execute("alter table messages drop constraint messages_known_kind")
    op.execute(
        """alter table messages add constraint messages_known_kind check (kind in (
               'request', 'thread.waiting', 'thread.escalated', 'thread.approved',
               'thread.voided', 'thread.active', 'thread.extension', 'thread.extended',
               'thread.ended', 'thread.overdue', 'thread.reviewed', 'dm.submitted', 'dm.active',
               'dm.reminder', 'dm.idle', 'dm.extended', 'dm.denied', 'dm.not_posted', 'dm.lapsed',
               'dm.stale', 'dm.ended', 'dm.reviewed', 'dm.problem', 'dm.never_active',
               'ops.problem', 'ops.break_glass', 'ops.overdue', 'ops.ended_late',
               'channel.overdue'
           ))"""
    )
    op.execute("alter table announcements drop constraint announcements_known_place")
    op.execute(
        """alter table announcements add constraint announcements_known_place check (
               place in ('slack', 'operators', 'syslog', 'webhook')
           )"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
