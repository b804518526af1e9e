"""Home tabs that people opened lately, so that the workers keep them true."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute(
        """create table homes (
               slack_id text not null,
               accounts text[] not null,
               groups text[] not null,
               shown text not null,
               opened_at timestamptz not null default now(),
               look_at timestamptz not null,
               constraint homes_pk primary key (slack_id),
               constraint homes_are_short check (
                   length(slack_id) <= 40 and length(shown) <= 64
                   and cardinality(accounts) <= 100 and cardinality(groups) <= 1000
               )
           )"""
    )
    op.execute("create index homes_look_at on homes (look_at)")


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
