"""Standing access: who holds roles of the policy without a grant, and when each cluster was read."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute(
        """create table standing_readings (
               cluster text not null,
               read_at timestamptz,
               unknown_since timestamptz,
               left_out integer not null,
               failure text not null,
               constraint standing_readings_pk primary key (cluster)
           )"""
    )
    op.execute(
        """create table standing_roles (
               cluster text not null,
               login_identity text not null,
               role_identity text not null,
               server text not null,
               login text not null,
               role text not null,
               path text[] not null,
               is_usable boolean not null,
               found_at timestamptz not null,
               constraint standing_roles_pk primary key (cluster, login_identity, role_identity),
               constraint standing_roles_of_a_reading
                   foreign key (cluster) references standing_readings (cluster)
           )"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
