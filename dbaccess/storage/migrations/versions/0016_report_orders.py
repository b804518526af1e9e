"""Reports that auditors ordered in Slack."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    # Times outside these years are none that a program can read.
    op.execute(
        """create table report_orders (
               id bigint generated always as identity,
               slack_id text not null,
               since timestamptz not null,
               until timestamptz not null,
               target text,
               form text not null,
               state text not null default 'open',
               ordered_at timestamptz not null default now(),
               next_attempt_at timestamptz default now(),
               attempts integer not null default 0,
               posted_channel text,
               posted_ts text,
               file_id text,
               digest text,
               rows integer,
               why text,
               constraint report_orders_pk primary key (id),
               constraint report_orders_known_form check (form in ('html', 'csv', 'json', 'xlsx')),
               constraint report_orders_known_state check (state in ('open', 'sent', 'not_sent')),
               constraint report_orders_known_why check (
                   why in ('no_scope', 'no_auditor', 'too_large', 'refused', 'given_up')
               ),
               constraint report_orders_are_short check (length(slack_id) <= 32 and length(target) <= 64),
               constraint report_orders_have_a_period check (
                   since < until and since >= '2000-01-01Z' and until < '2200-01-01Z'
               )
           )"""
    )
    op.execute("create unique index report_orders_one_open on report_orders (slack_id) where state = 'open'")
    op.execute(
        "create index report_orders_due on report_orders (next_attempt_at) where next_attempt_at is not null"
    )
    op.execute("alter table outbox drop constraint outbox_known_job")
    op.execute(
        """alter table outbox add constraint outbox_known_job check (
               job in ('provision', 'revoke', 'extend', 'credentials', 'directory', 'lockdown', 'report')
           )"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
