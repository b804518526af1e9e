"""Messages that Slack refuses, and streams of messages that wait for Slack apart from each other."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("alter table messages add refused text, add refused_channel text, add refused_at timestamptz")
    op.execute(
        """alter table messages add constraint messages_refusal_is_whole check (
               (refused is null) = (refused_channel is null) and (refused is null) = (refused_at is null)
           )"""
    )
    op.execute(
        "create index messages_refused on messages (refused_channel, refused_at) where refused is not null"
    )
    op.execute("alter table messages drop constraint messages_known_kind")
    op.execute(
        """alter table messages add constraint messages_known_kind check (kind in (
               'request', 'thread.waiting', 'thread.escalated', 'thread.approved', 'thread.voided',
               'thread.active', 'thread.extension', 'thread.extended', 'thread.ended', 'thread.overdue',
               'thread.reviewed', 'dm.submitted', 'dm.active', 'dm.reminder', 'dm.extended', 'dm.denied',
               'dm.not_posted', 'dm.lapsed', 'dm.stale', 'dm.ended', 'dm.reviewed', 'dm.problem',
               'dm.never_active', 'ops.problem', 'ops.overdue', 'ops.ended_late', 'channel.overdue'
           ))"""
    )
    op.execute("alter table notices drop constraint notices_known_kind")
    op.execute(
        """alter table notices add constraint notices_known_kind check (
               kind in ('stray_left', 'orphaned_role', 'decoy', 'observing', 'clock_skew', 'doubtful_review',
                        'policy_refused', 'group_changed', 'still_overdue', 'many_overdue', 'many_ended_late',
                        'ended', 'lockdown', 'lockdown_lifted', 'not_posted')
           )"""
    )
    _split_streams()


def _split_streams() -> None:
    """Give each request a stream for each lane in which it has messages."""
    op.execute("alter table message_streams add lane text not null default 'channel'")
    op.execute("alter table message_streams alter lane drop default")
    op.execute("alter table message_streams drop constraint message_streams_pk")
    op.execute(
        "alter table message_streams add constraint message_streams_pk primary key (request_id, lane),"
        " add constraint message_streams_known_lane check (lane in ('channel', 'direct', 'operators'))"
    )
    op.execute(
        """insert into message_streams (request_id, next_attempt_at, lane)
           select distinct s.request_id, s.next_attempt_at,
                  case split_part(m.kind, '.', 1) when 'dm' then 'direct' else 'operators' end
             from message_streams s join messages m on m.request_id = s.request_id
            where split_part(m.kind, '.', 1) in ('dm', 'ops')"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
