"""Answers that came by text message. The number an answer came from proves possession, for what was sent to it only."""

from __future__ import annotations

from typing import Any

from scheduling import appointment, notice, person
from scheduling.cell import SECONDS
from scheduling.office import Office
from scheduling.storage import Book

CONFIRM_DAYS = 8
"""A reply confirms a visit that a reminder could have been about."""


def confirm(office: Office, phone: str) -> dict[str, Any]:
    """Confirm the one next visit of this number. `nothing` when there is none, `ambiguous` when two people share it."""
    number = person.number(phone)

    def work(book: Book) -> dict[str, Any]:
        now = office.now()
        ids = [one.id for one in book.patients.by_phone(number)]
        soon = [
            one
            for one in (book.bookings.of_patients(ids) if ids else [])
            if one.open and now < one.start * SECONDS < now + CONFIRM_DAYS * 86400
        ]
        if not soon:
            return {"done": "nothing"}
        if len({one.patient_id for one in soon}) > 1:
            return {"done": "ambiguous"}
        visit = soon[0]
        if visit.status != "confirmed":
            locked = book.bookings.get(visit.id, lock=True) or visit
            visit = appointment.confirmed(office, book, locked, "patient")
            notice.confirmed(book, visit)
        return {"done": "confirmed", "appointment": visit.body()}

    return office.storage.write(work)
