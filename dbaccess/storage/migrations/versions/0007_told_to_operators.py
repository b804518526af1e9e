"""The announcement of a break-glass in the operators' channel."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
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
