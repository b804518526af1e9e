"""Access reviews: campaigns with items that are fixed at their start, and an answer to each."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute(
        """create table access_reviews (
               id bigint generated always as identity,
               group_name text not null,
               days integer not null,
               policy_hash text not null,
               items integer not null,
               digest text not null,
               state text not null,
               started_by text not null,
               started_at timestamptz not null,
               ends_at timestamptz not null,
               remind_at timestamptz not null,
               groups_read_at timestamptz,
               reminded_at timestamptz,
               closed_at timestamptz,
               closed_by text,
               constraint access_reviews_pk primary key (id),
               constraint access_reviews_known_state check (state in ('open', 'closing', 'closed')),
               constraint access_reviews_are_closed_once check ((state = 'closed') = (closed_at is not null))
           )"""
    )
    op.execute("create index access_reviews_open on access_reviews (ends_at) where state <> 'closed'")
    op.execute(
        """create table access_review_items (
               review_id bigint not null,
               number integer not null,
               about jsonb not null,
               answer text,
               reason text not null default '',
               answered_by text,
               answered_at timestamptz,
               constraint access_review_items_pk primary key (review_id, number),
               constraint access_review_items_review_fk
                   foreign key (review_id) references access_reviews (id),
               constraint access_review_items_known_answer
                   check (answer in ('keep', 'remove', 'unanswered')),
               constraint access_review_items_answers_are_whole check (
                   (answer is null) = (answered_at is null) and (answer is null) = (answered_by is null)
               )
           )"""
    )
    op.execute(
        """create index access_review_items_open
               on access_review_items (review_id, number) where answer is null"""
    )
    op.execute("alter table notices drop constraint notices_known_kind")
    op.execute(
        """alter table notices add constraint notices_known_kind check (
               kind in ('stray_left', 'orphaned_role', 'decoy', 'observing', 'clock_skew', 'doubtful_review',
                        'policy_refused', 'group_changed', 'still_overdue', 'many_overdue', 'many_ended_late',
                        'ended', 'lockdown', 'lockdown_lifted', 'not_posted', 'checkpoint_late',
                        'witness_fails', 'name_changed', 'access_review_due', 'access_review_closed')
           )"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
