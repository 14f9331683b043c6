"""The append-only record of who did what."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import insert, or_, select

from scheduling.sql.session import Session
from scheduling.sql.tables import audit
from scheduling.timing import iso

_NOTE = insert(audit)


class SqlAudit:
    """See scheduling.storage.Audit. Triggers refuse every change and deletion."""

    def __init__(self, session: Session) -> None:
        self._db = session

    def note(
        self, at: int, actor: str, action: str, subject: str, patient_id: str | None, detail: dict[str, Any]
    ) -> None:
        row = {"at": at, "actor": actor, "action": action, "subject": subject, "patient_id": patient_id}
        self._db.later(_NOTE, [row | {"detail": json.dumps(detail, sort_keys=True)}])

    def about(self, subject: str) -> list[dict[str, Any]]:
        these = or_(audit.c.subject == subject, audit.c.patient_id == subject)
        rows = self._db.execute(select(audit).where(these).order_by(audit.c.id))
        return [
            {"at": iso(row.at), "actor": row.actor, "action": row.action, "subject": row.subject}
            | {"detail": json.loads(row.detail)}
            for row in rows
        ]
