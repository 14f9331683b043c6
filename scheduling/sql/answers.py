"""Stored answers by Idempotency-Key."""

from __future__ import annotations

import json

from sqlalchemy import Connection, bindparam, insert, select, update

from scheduling.sql.tables import answer
from scheduling.storage import Answer

_GET = select(answer).where(answer.c.key == bindparam("asked"), answer.c.body.is_not(None))
_BEGIN = insert(answer)
_FINISH = update(answer).where(answer.c.key == bindparam("asked"))


class SqlAnswers:
    """See scheduling.storage.Answers. The key's row is written first, so that a second request with it waits, then reads."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, key: str) -> Answer | None:
        row = self._db.execute(_GET, {"asked": key}).first()
        return Answer(row.request_hash, row.status, json.loads(row.body), row.booking_id) if row else None

    def begin(self, key: str, request_hash: str, now: int) -> None:
        self._db.execute(_BEGIN, {"key": key, "request_hash": request_hash, "created_at": now})

    def finish(self, key: str, value: Answer) -> None:
        self._db.execute(
            _FINISH,
            {"asked": key, "status": value.status, "body": json.dumps(value.body), "booking_id": value.booking_id},
        )
