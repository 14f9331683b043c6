"""Who waits for a time and then books one that they wished for is off the waitlist: nobody is offered what they have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scheduling import record, window
from scheduling.booking import Booking
from scheduling.office import Office
from scheduling.record import Waiting
from scheduling.slot import Slot
from scheduling.storage import Book
from scheduling.window import Wish


def by(office: Office, book: Book, visit: Booking) -> None:
    """End what the person of a visit waited for, when the visit fits it; who wished for another time waits on.

    A person: the same number and date of birth, because a visitor has a new record each time.
    """
    patient = book.patients.get(visit.patient_id) if visit.patient_id else None
    if patient is None:
        return
    for entry in book.waitlist.waits(patient.phone, patient.date_of_birth, visit.service):
        if fits(office, entry, visit.slot):
            end(office, book, entry)


def end(office: Office, book: Book, entry: Waiting) -> None:
    """Off the list; what is still offered to them is no longer."""
    book.waitlist.save(replace(entry, status=record.SERVED, updated_at=office.now()))
    for offer in book.waitlist.offers_to(entry.id):
        if offer.status == record.OPEN:
            book.waitlist.save_offer(replace(offer, status=record.OVER))


def fits(office: Office, entry: Waiting, slot: Slot) -> bool:
    """Whether a slot is what somebody wished for."""
    if entry.service != slot.service or entry.location not in (None, slot.location):
        return False
    zone = office.rota.zone(slot.location)
    this = office.rota.day(slot.location, slot.local.date())
    return bool(wish(entry.wish).mask([this], zone) >> (slot.start - this.base) & 1)


def wish(said: dict[str, Any]) -> Wish:
    """The wish of an entry, as its own windows tell it. Raises invalid_window."""
    return window.parse(said.get("windows", ()), said.get("parts", ()), said.get("weekdays", ()))
