"""A guard looks once for the grants of all statements that are added together, and not for each of them."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.execute("alter table activity_statements drop constraint activity_statements_grant_fk")


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
