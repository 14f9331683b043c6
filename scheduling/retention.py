"""Forgetting: what is over for long, and a person who asks to be forgotten; and telling a person all that is kept of them.

The audit keeps ids only, so that nothing in it has to be taken out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from scheduling import sentences
from scheduling.booking import CANCELLED, Booking
from scheduling.office import Office
from scheduling.problem import Conflict
from scheduling.storage import Book

SETTLED_DAYS = 90
CLAIMED_DAYS = 30
FORGOTTEN_NAME, FORGOTTEN_PHONE, FORGOTTEN_BIRTH = "erased", "", date(1900, 1, 1)


def erase(office: Office, patient_id: str) -> int:
    """Take a person's details out, call off what is to come, keep bare times. Returns the number of visits called off.

    Raises not_found, and already_erased.
    """

    def work(book: Book) -> int:
        patient = book.patients.get(patient_id)
        if patient is None:
            raise sentences.not_found()
        if patient.erased_at:
            raise Conflict("already_erased", "This record was erased before.", "Este registro ya fue borrado.", 409)
        now = office.now()
        to_come = [one for one in book.bookings.of_patients([patient_id]) if one.open and one.start * 300 > now]
        book.bookings.replan([(one, _off(one, now)) for one in to_come])
        book.records.forget(patient_id, patient.phone)
        book.patients.save(
            replace(
                patient,
                name=FORGOTTEN_NAME,
                phone=FORGOTTEN_PHONE,
                date_of_birth=FORGOTTEN_BIRTH,
                email=None,
                sms_ok=False,
                erased_at=now,
            )
        )
        book.audit.note(now, "staff", "erase", patient_id, patient_id, {"called_off": len(to_come)})
        return len(to_come)

    return office.storage.write(work)


def export(office: Office, patient_id: str) -> dict[str, Any]:
    """Everything that is kept of a person. Raises not_found."""

    def work(book: Book) -> dict[str, Any]:
        patient = book.patients.get(patient_id)
        if patient is None:
            raise sentences.not_found()
        return {
            "patient": {
                "patient_id": patient.id,
                "name": patient.name,
                "date_of_birth": patient.date_of_birth.isoformat(),
                "phone": patient.phone,
                "email": patient.email,
                "language": patient.language,
                "origin": patient.origin,
                "text_messages": patient.sms_ok,
                "text_messages_agreed": [patient.sms_method, patient.sms_wording, patient.sms_at],
            },
            "appointments": [one.body() for one in book.bookings.of_patients([patient_id])],
            "courses": [one.id for one in book.courses.of_patients([patient_id])],
            "waitlist": [one.id for one in book.waitlist.of_patients([patient_id])],
            "audit": book.audit.about(patient_id),
        }

    return office.storage.read(work)


def prune(office: Office, months: int) -> dict[str, int]:
    """Take the details out of visitors' records without a visit for `months` months, what staff settled SETTLED_DAYS ago, and
    the claims of visits that were CLAIMED_DAYS ago. Returns how many there were of each.
    """
    now = office.now()

    def work(book: Book) -> dict[str, int]:
        old = book.records.stale_visitors(now - months * 30 * 86400)
        for patient_id in old:
            book.records.forget(patient_id, "")
            patient = book.patients.get(patient_id)
            if patient:
                gone = replace(
                    patient, name=FORGOTTEN_NAME, phone=FORGOTTEN_PHONE, date_of_birth=FORGOTTEN_BIRTH, erased_at=now
                )
                book.patients.save(gone)
        if old:
            book.audit.note(now, "staff", "prune", "visitors", None, {"records": len(old)})
        return {
            "visitors": len(old),
            "callbacks": book.records.drop_settled(now - SETTLED_DAYS * 86400),
            "claims": book.bookings.drop_claims(now // 300 - CLAIMED_DAYS * 288),
        }

    return office.storage.write(work)


def _off(one: Booking, now: int) -> Booking:
    return replace(one, status=CANCELLED, version=one.version + 1, cancel_reason="other", updated_at=now)
