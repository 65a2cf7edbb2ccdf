"""Alembic's environment: runs the migrations on the connection that `run` hands over."""

from alembic import context

from domain.models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
