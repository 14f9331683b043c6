"""Patient records."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, union, update

from scheduling.person import Patient
from scheduling.sql.session import Session
from scheduling.sql.tables import booking, patient, waiting

_ADD = insert(patient)
_GET = select(patient).where(patient.c.id == bindparam("asked"))
_OF_CONVERSATION = (
    select(patient)
    .where(
        patient.c.id.in_(
            union(
                select(booking.c.patient_id).where(booking.c.conversation == bindparam("conversation")),
                select(waiting.c.patient_id).where(waiting.c.conversation == bindparam("conversation")),
            )
        ),
        patient.c.erased_at.is_(None),
    )
    .order_by(patient.c.created_at, patient.c.id)
)


class SqlPatients:
    """See scheduling.storage.Patients. An erased record is found by its id only."""

    def __init__(self, session: Session) -> None:
        self._db = session
        self._new: dict[str, Patient] = {}

    def add(self, value: Patient) -> None:
        self._new[value.id] = value
        self._db.later(_ADD, [_row(value)])

    def get(self, patient_id: str) -> Patient | None:
        if patient_id in self._new:  # written in this very transaction
            return self._new[patient_id]
        row = self._db.execute(_GET, {"asked": patient_id}).first()
        return _patient(row) if row else None

    def by_phone(self, phone: str) -> list[Patient]:
        query = select(patient).where(patient.c.phone == phone, patient.c.erased_at.is_(None))
        return [_patient(row) for row in self._db.execute(query.order_by(patient.c.created_at, patient.c.id))]

    def of_conversation(self, conversation: str) -> list[Patient]:
        return [_patient(row) for row in self._db.execute(_OF_CONVERSATION, {"conversation": conversation})]

    def save(self, value: Patient) -> None:
        self._new.pop(value.id, None)
        self._db.execute(update(patient).where(patient.c.id == value.id), _row(value))


def _row(value: Patient) -> dict[str, Any]:
    return {
        "id": value.id,
        "name": value.name,
        "date_of_birth": value.date_of_birth.isoformat(),
        "phone": value.phone,
        "email": value.email,
        "language": value.language,
        "origin": value.origin,
        "sms_ok": int(value.sms_ok),
        "sms_method": value.sms_method,
        "sms_wording": value.sms_wording,
        "sms_at": value.sms_at,
        "created_at": value.created_at,
        "erased_at": value.erased_at,
    }


def _patient(row: Row[Any]) -> Patient:
    return Patient(
        id=row.id,
        name=row.name,
        date_of_birth=date.fromisoformat(row.date_of_birth),
        phone=row.phone,
        email=row.email,
        language=row.language,
        origin=row.origin,
        sms_ok=bool(row.sms_ok),
        sms_method=row.sms_method,
        sms_wording=row.sms_wording,
        sms_at=row.sms_at,
        created_at=row.created_at,
        erased_at=row.erased_at,
    )
