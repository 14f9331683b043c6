"""Stored answers by Idempotency-Key."""

from __future__ import annotations

import json

from sqlalchemy import bindparam, select, text, update

from scheduling.sql.session import Session
from scheduling.sql.tables import answer
from scheduling.storage import Answer, Clash

_GET = select(answer).where(answer.c.key == bindparam("asked"), answer.c.body.is_not(None))
_TAKE = text(
    "INSERT INTO answer (key, request_hash, created_at) VALUES (:key, :request_hash, :created_at) "
    "ON CONFLICT (key) DO NOTHING RETURNING key"
)
_FINISH = update(answer).where(answer.c.key == bindparam("asked"))


class SqlAnswers:
    """See scheduling.storage.Answers. The key's row is written first, so that a second request with it waits, then reads."""

    def __init__(self, session: Session) -> None:
        self._db = session

    def get(self, key: str) -> Answer | None:
        row = self._db.execute(_GET, {"asked": key}).first()
        return Answer(row.request_hash, row.status, json.loads(row.body), row.booking_id) if row else None

    def take(self, key: str, request_hash: str, now: int) -> Answer | None:
        if self._db.ask(_TAKE, {"key": key, "request_hash": request_hash, "created_at": now}):
            return None
        kept = self.get(key)
        if kept is None:
            raise Clash("swept away in between")
        return kept

    def finish(self, key: str, value: Answer) -> None:
        body = json.dumps(value.body)
        self._db.later(_FINISH, [{"asked": key, "status": value.status, "body": body, "booking_id": value.booking_id}])
