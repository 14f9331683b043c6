"""Days off that staff entered, and absences of resources."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from scheduling.sql.tables import closure


class SqlClosures:
    """See scheduling.storage.Closures."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def on(self, first: date, last: date) -> set[tuple[date, str | None]]:
        between = closure.c.day.between(first.isoformat(), last.isoformat())
        rows = self._db.execute(select(closure.c.day, closure.c.location).where(between))
        return {(date.fromisoformat(day), location or None) for day, location in rows}
