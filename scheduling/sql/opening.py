"""The appointment book, opened over its database. Apart from the server, so that a command at a terminal starts without it."""

from __future__ import annotations

import sys

from clinic.config import Clinic

from scheduling.office import Office
from scheduling.sql import migrate
from scheduling.sql.engine import SqlStorage, open_engine


class StartError(Exception):
    """The process cannot start. The message is one line that says what to change."""


def open_office(clinic: Clinic, database_url: str, signing_key: str) -> Office:
    """The office over a migrated database. Raises StartError."""
    engine = open_engine(database_url)
    try:
        migrate.upgrade(engine, _tell)
    except Exception as error:
        first = str(error).strip().splitlines()[0]
        raise StartError(f"SCHEDULING_DATABASE_URL: the database cannot be opened or migrated: {first}") from error
    return Office(clinic, SqlStorage(engine), signing_key)


def _tell(line: str) -> None:
    """Progress for whoever watches the start, apart from the log."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201
