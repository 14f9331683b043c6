"""Call-back requests and staff alerts."""

from __future__ import annotations

from sqlalchemy import delete, exists, insert, select, update

from scheduling import booking as states
from scheduling.person import VISITOR
from scheduling.record import Alert, Callback
from scheduling.sql.rows import from_row, to_row
from scheduling.sql.session import Session
from scheduling.sql.tables import (
    alert,
    answer,
    booking,
    callback,
    code_event,
    contact_match,
    message,
    patient,
    patient_token,
    waiting,
)

ANSWERS_KEPT = 7 * 86400
CODES_KEPT = 2 * 86400


class SqlRecords:
    """See scheduling.storage.Records."""

    def __init__(self, session: Session) -> None:
        self._db = session

    def add_callback(self, value: Callback) -> None:
        self._db.execute(insert(callback), to_row(value))

    def callbacks(self, status: str | None) -> list[Callback]:
        query = select(callback).order_by(callback.c.created_at, callback.c.id)
        if status:
            query = query.where(callback.c.status == status)
        return [from_row(Callback, row) for row in self._db.execute(query)]

    def set_callback(self, callback_id: str, status: str, now: int) -> bool:
        query = update(callback).where(callback.c.id == callback_id).values(status=status, updated_at=now)
        return self._db.execute(query).rowcount == 1

    def add_alert(self, value: Alert) -> None:
        self._db.execute(insert(alert), to_row(value))

    def alerts(self, status: str | None) -> list[Alert]:
        query = select(alert).order_by(alert.c.created_at, alert.c.id)
        if status:
            query = query.where(alert.c.status == status)
        return [from_row(Alert, row) for row in self._db.execute(query)]

    def set_alert(self, alert_id: str, status: str, now: int) -> bool:
        query = update(alert).where(alert.c.id == alert_id).values(status=status, updated_at=now)
        return self._db.execute(query).rowcount == 1

    def sweep(self, now: int) -> None:
        self._db.execute(delete(answer).where(answer.c.created_at < now - ANSWERS_KEPT))
        self._db.execute(delete(contact_match).where(contact_match.c.expires_at < now))
        self._db.execute(delete(patient_token).where(patient_token.c.expires_at < now))
        self._db.execute(delete(code_event).where(code_event.c.at < now - CODES_KEPT))

    def forget(self, patient_id: str, phone: str) -> None:
        theirs = message.c.patient_id == patient_id
        self._db.execute(update(message).where(theirs).values(recipient=None, text=None))
        unsent = message.c.status.in_(("due", "claimed"))
        self._db.execute(update(message).where(theirs, unsent).values(status="called_off"))
        for table in (contact_match, patient_token):
            self._db.execute(delete(table).where(table.c.patient_ids.contains(patient_id)))
        open_ = waiting.c.status.in_(("waiting", "offered"))
        self._db.execute(update(waiting).where(waiting.c.patient_id == patient_id, open_).values(status="left"))
        if phone:
            self._db.execute(delete(callback).where(callback.c.phone == phone))

    def drop_settled(self, before: int) -> int:
        over = (message.c.created_at < before, message.c.status.not_in(("due", "claimed")))
        self._db.execute(update(message).where(*over).values(recipient=None, text=None))
        self._db.execute(delete(alert).where(alert.c.updated_at < before, alert.c.status != "open"))
        settled = (callback.c.updated_at < before, callback.c.status != "open")
        return self._db.execute(delete(callback).where(*settled)).rowcount

    def stale_visitors(self, before: int) -> list[str]:
        open_visit = exists().where(
            booking.c.patient_id == patient.c.id,
            (booking.c.status.in_(states.OPEN)) & (booking.c.first_cell > before // 300)
            | (booking.c.updated_at >= before),
        )
        waits = exists().where(waiting.c.patient_id == patient.c.id, waiting.c.updated_at >= before)
        query = select(patient.c.id).where(
            patient.c.origin == VISITOR,
            patient.c.erased_at.is_(None),
            patient.c.created_at < before,
            ~open_visit,
            ~waits,
        )
        return [row.id for row in self._db.execute(query)]
