"""The append-only record of who did what."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, insert

from scheduling.sql.tables import audit


class SqlAudit:
    """See scheduling.storage.Audit. Triggers refuse every change and deletion."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def note(
        self, at: int, actor: str, action: str, subject: str, patient_id: str | None, detail: dict[str, Any]
    ) -> None:
        row = {"at": at, "actor": actor, "action": action, "subject": subject, "patient_id": patient_id}
        self._db.execute(insert(audit), row | {"detail": json.dumps(detail, sort_keys=True)})
