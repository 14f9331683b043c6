"""Run by Alembic with the connection that `scheduling.sql.migrate` put into the configuration."""

from __future__ import annotations

from alembic import context

from scheduling.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    on_version_apply=context.config.attributes.get("told"),
)
with context.begin_transaction():
    context.run_migrations()
