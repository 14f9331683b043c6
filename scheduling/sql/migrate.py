"""Bringing a database to the schema of this release, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

FOLDER = Path(__file__).parent.parent / "migrations"
LOCK = 7_300_113
"""PostgreSQL advisory lock: two processes that start together migrate one after the other."""

Tell = Callable[[str], None]


def upgrade(engine: Engine, tell: Tell, revision: str = "head") -> None:
    """Apply what is missing, in one transaction; `tell` hears one line per step."""
    _run(engine, tell, "upgrade", revision)


def downgrade(engine: Engine, tell: Tell, revision: str) -> None:
    """Take steps back, down to `revision` (`base`: an empty database). Data of dropped tables is gone."""
    _run(engine, tell, "downgrade", revision)


def is_current(connection: Connection) -> bool:
    """True when the database has the newest schema."""
    return MigrationContext.configure(connection).get_current_revision() == head()


@cache
def head() -> str:
    """The newest revision."""
    return str(ScriptDirectory(str(FOLDER)).get_current_head())


def _run(engine: Engine, tell: Tell, direction: str, revision: str) -> None:
    def told(step: Any, **_: Any) -> None:
        tell(f"database: {direction} {step.up_revision_id}: {step.up_revision.doc}")

    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config = Config()
        config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
        config.attributes.update(connection=connection, told=told)
        getattr(command, direction)(config, revision)
