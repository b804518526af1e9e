"""Counts of refused attempts, so that they fill neither the ledger nor its lock."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute(
        """create table refused_attempts (
               hour timestamptz not null,
               slack_id text not null,
               recorded bigint not null default 0,
               left_out bigint not null default 0,
               constraint refused_attempts_pk primary key (hour, slack_id)
           )"""
    )
    op.execute("create index refused_attempts_recorded on refused_attempts (hour) where recorded > 0")


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
