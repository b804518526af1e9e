"""Rows of the bot are read together with all others, so each of them is short and readable."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    # A list within another, an empty place in it, or a time that no program reads would keep all tabs from
    # being read.
    op.execute(
        """alter table homes
               drop constraint homes_are_short,
               add constraint homes_are_short check (
                   length(slack_id) <= 40 and length(shown) <= 64
                   and cardinality(accounts) <= 100 and octet_length(accounts::text) <= 10000
                   and cardinality(groups) <= 1000 and octet_length(groups::text) <= 100000
               ),
               add constraint homes_have_lists check (
                   coalesce(array_ndims(accounts), 1) = 1 and array_position(accounts, null) is null
                   and coalesce(array_ndims(groups), 1) = 1 and array_position(groups, null) is null
               ),
               add constraint homes_times_are_readable check (
                   look_at between '2000-01-01Z' and '2200-01-01Z'
                   and opened_at between '2000-01-01Z' and '2200-01-01Z'
               )"""
    )
    op.execute("alter table messages add constraint messages_are_short check (length(channel) <= 64)")
    op.execute(
        """alter table credential_views add constraint credential_views_are_short check (
               length(slack_id) <= 64 and length(view_id) <= 255
           )"""
    )
    op.execute(
        """alter table policy_in_force add constraint policy_in_force_is_short check (
               length(process) <= 64 and length(host) <= 255 and length(hash) <= 64 and length(refused) <= 64
           )"""
    )


def downgrade() -> None:
    raise NotImplementedError("A ledger is not taken back: restore a backup.")
