"""Standing access by superusers and by privileges, beside memberships."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.execute(
        """alter table standing_roles
               add column how text not null default 'member',
               add column database text not null default '',
               add constraint standing_roles_known_how
                   check (how in ('member', 'all_data', 'superuser', 'privilege', 'unread'))"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
