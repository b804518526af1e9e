"""Alembic's entry point: `migrate` passes the connection."""

from alembic import context

from dbaccess.storage.models.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
