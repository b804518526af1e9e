"""Counts of entries that bots and auditors record at will, so that they do not fill the ledger."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute(
        """create table counted_entries (
               hour timestamptz not null,
               kind text not null,
               writer text not null,
               who text not null,
               entries bigint not null,
               constraint counted_entries_pk primary key (hour, kind, writer, who)
           )"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
