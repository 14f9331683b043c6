"""Days off that staff entered, and absences of resources."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, delete, insert, select

from scheduling.sql.session import Session
from scheduling.sql.tables import absence, closure

_ON = select(closure.c.day, closure.c.location).where(closure.c.day.between(bindparam("first"), bindparam("last")))


class SqlClosures:
    """See scheduling.storage.Closures."""

    def __init__(self, session: Session) -> None:
        self._db = session

    def on(self, first: date, last: date) -> set[tuple[date, str | None]]:
        rows = self._db.ask(_ON, {"first": first.isoformat(), "last": last.isoformat()})
        return {(date.fromisoformat(day), location or None) for day, location in rows}

    def close(self, day: date, location: str | None, reason: str | None) -> None:
        self.open(day, location)
        self._db.execute(insert(closure), {"day": day.isoformat(), "location": location or "", "reason": reason})

    def open(self, day: date, location: str | None) -> bool:
        this = (closure.c.day == day.isoformat(), closure.c.location == (location or ""))
        return self._db.execute(delete(closure).where(*this)).rowcount > 0

    def listed(self) -> list[tuple[date, str | None, str | None]]:
        rows = self._db.execute(select(closure).order_by(closure.c.day, closure.c.location))
        return [(date.fromisoformat(row.day), row.location or None, row.reason) for row in rows]

    def send_away(self, absence_id: str, resource: str, first: int, end: int, reason: str | None) -> None:
        row = {"id": absence_id, "resource": resource, "first_cell": first, "end_cell": end, "reason": reason}
        self._db.execute(insert(absence), row)

    def bring_back(self, absence_id: str) -> bool:
        return self._db.execute(delete(absence).where(absence.c.id == absence_id)).rowcount > 0

    def away(self) -> list[tuple[str, str, int, int, str | None]]:
        rows = self._db.execute(select(absence).order_by(absence.c.first_cell))
        return [(row.id, row.resource, row.first_cell, row.end_cell, row.reason) for row in rows]
