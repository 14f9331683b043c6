"""Bringing a database to the schema of this release, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

HEAD = "0003"  # the newest file of migrations/versions; a test compares
FOLDER = Path(__file__).parent.parent / "migrations"
LOCK = 7_300_113
"""PostgreSQL advisory lock: two processes that start together migrate one after the other."""

Tell = Callable[[str], None]


def upgrade(engine: Engine, tell: Tell, revision: str = "head") -> None:
    """Apply what is missing, in one transaction; `tell` hears one line per step."""
    if revision == "head":
        with engine.connect() as connection:
            if is_current(connection):
                return
    _run(engine, tell, "upgrade", revision)


def downgrade(engine: Engine, tell: Tell, revision: str) -> None:
    """Take steps back, down to `revision` (`base`: an empty database). Data of dropped tables is gone."""
    _run(engine, tell, "downgrade", revision)


def is_current(connection: Connection) -> bool:
    """True when the database has the newest schema."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none() == HEAD


def _run(engine: Engine, tell: Tell, direction: str, revision: str) -> None:
    # Imported only when there is something to do: it costs every start and every command at a terminal 0.3 seconds.
    from alembic import command
    from alembic.config import Config

    def told(step: Any, **_: Any) -> None:
        tell(f"database: {direction} {step.up_revision_id}: {step.up_revision.doc}")

    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config = Config()
        config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
        config.attributes.update(connection=connection, told=told)
        getattr(command, direction)(config, revision)
