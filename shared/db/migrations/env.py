"""Alembic's entry point: runs on the connection it is given."""

from alembic import context

from shared.db.tables import Table

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata)
with context.begin_transaction():
    context.run_migrations()
