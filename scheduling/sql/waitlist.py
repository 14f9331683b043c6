"""Who waits, and what they were offered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, bindparam, insert, or_, select, update

from scheduling import record
from scheduling.record import Offer, Waiting
from scheduling.sql.rows import from_row, to_row
from scheduling.sql.session import Session
from scheduling.sql.tables import booking, offer, patient, waiting

_WAITS = (
    select(waiting.c.id)
    .where(
        waiting.c.patient_id == patient.c.id,
        patient.c.phone == bindparam("phone"),
        patient.c.date_of_birth == bindparam("date_of_birth"),
        waiting.c.service == bindparam("service"),
        or_(waiting.c.status == record.WAITING, waiting.c.status == record.OFFERED),
    )
    .order_by(waiting.c.id)
)


class SqlWaitlist:
    """See scheduling.storage.Waitlist."""

    def __init__(self, session: Session) -> None:
        self._db = session

    def add(self, value: Waiting) -> None:
        self._db.execute(insert(waiting), to_row(value))

    def get(self, waiting_id: str) -> Waiting | None:
        row = self._db.execute(select(waiting).where(waiting.c.id == waiting_id).with_for_update()).first()
        return from_row(Waiting, row) if row else None

    def save(self, value: Waiting) -> None:
        self._db.execute(update(waiting).where(waiting.c.id == value.id), to_row(value))

    def in_line(self, limit: int) -> list[Waiting]:
        told = (patient.c.id == waiting.c.patient_id, patient.c.sms_ok == 1)
        query = select(waiting).join(patient, and_(*told)).where(waiting.c.status == record.WAITING)
        rows = self._db.execute(query.order_by(waiting.c.created_at, waiting.c.id).limit(limit))
        return [from_row(Waiting, row) for row in rows]

    def of_patients(self, patient_ids: Sequence[str]) -> list[Waiting]:
        query = select(waiting).where(waiting.c.patient_id.in_(patient_ids))
        return [from_row(Waiting, row) for row in self._db.execute(query.order_by(waiting.c.created_at, waiting.c.id))]

    def waits(self, phone: str, date_of_birth: date, service: str) -> list[Waiting]:
        asked = {"phone": phone, "date_of_birth": date_of_birth.isoformat(), "service": service}
        entries = [self.get(waiting_id) for (waiting_id,) in self._db.ask(_WAITS, asked)]
        return [one for one in entries if one and one.status in (record.WAITING, record.OFFERED)]

    def offers_to(self, waiting_id: str) -> list[Offer]:
        query = select(offer).where(offer.c.waiting_id == waiting_id).order_by(offer.c.id)
        return [from_row(Offer, row) for row in self._db.execute(query)]

    def add_offer(self, value: Offer) -> None:
        self._db.execute(insert(offer), to_row(value))

    def get_offer(self, offer_id: str) -> Offer | None:
        row = self._db.execute(select(offer).where(offer.c.id == offer_id).with_for_update()).first()
        return from_row(Offer, row) if row else None

    def save_offer(self, value: Offer) -> None:
        self._db.execute(update(offer).where(offer.c.id == value.id), to_row(value))

    def offers_of(self, booking_id: str) -> list[Offer]:
        query = select(offer).where(offer.c.booking_id == booking_id).order_by(offer.c.id).with_for_update()
        return [from_row(Offer, row) for row in self._db.execute(query)]

    def open_offers(self, phone: str | None = None, over_at: int | None = None) -> list[Offer]:
        query = select(offer).where(offer.c.status == record.OPEN)
        if phone is not None:
            theirs = select(waiting.c.id).where(waiting.c.patient_id == patient.c.id, patient.c.phone == phone)
            query = query.where(offer.c.waiting_id.in_(theirs))
        if over_at is not None:
            query = query.where(offer.c.expires_at <= over_at)
        return [from_row(Offer, row) for row in self._db.execute(query.order_by(offer.c.created_at, offer.c.id))]

    def offered(self, waiting_id: str) -> set[tuple[str, int]]:
        query = select(booking.c.location, booking.c.first_cell).where(
            offer.c.waiting_id == waiting_id, booking.c.id == offer.c.booking_id
        )
        return {(row.location, row.first_cell) for row in self._db.execute(query)}
