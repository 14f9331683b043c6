"""Brings the gateway's database to the newest schema, at every start."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

HEAD = "0004"  # the newest file of migrations/versions; a test compares
LOCK = 71412026  # an arbitrary number of ours: one process at a time migrates a shared PostgreSQL


def upgrade(engine: Engine) -> None:
    """Apply every missing migration in one transaction. Raises SQLAlchemy's errors when the database cannot be used."""
    if _version(engine) == HEAD:
        return
    # Imported only when there is something to do: it costs every later start half a second.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(engine: Engine) -> str | None:
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return str(version) if version is not None else None
