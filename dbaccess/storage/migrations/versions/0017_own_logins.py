"""The findings of a canary about people's own logins: why the server does not log all that each one runs."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("alter table activity_canaries add column logins jsonb not null default '{}'")


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
