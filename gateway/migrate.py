"""Brings the gateway's database to the newest schema, at every start."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

LOCK = 7141_2026  # an arbitrary number of ours: one process at a time migrates a shared PostgreSQL


def upgrade(engine: Engine) -> None:
    """Apply every missing migration in one transaction. Raises SQLAlchemy's errors when the database cannot be used."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
