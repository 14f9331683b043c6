"""Holds: a start kept for a while, so that a patient can give the details in peace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scheduling import admission, cell, sentences
from scheduling.booking import HELD, RELEASED, Booking
from scheduling.caller import Caller
from scheduling.office import Office, new_id
from scheduling.slot import Slot
from scheduling.storage import Book
from scheduling.timing import iso


def place(office: Office, slot_id: str, caller: Caller, conversation: str | None, channel: str) -> Booking:
    """Hold a slot for the channel's time. A conversation has one hold: an earlier one is given back.

    Raises what admission raises, and slot_taken.
    """

    def work(book: Book) -> Booking:
        slot = admission.admit(office, book, slot_id)
        admission.permit(office, office.rota.services[slot.service], caller)
        for earlier in book.bookings.held_by(conversation) if conversation else ():
            _give_back(office, book, earlier)
        hold = new(office, slot, admission.choose(office, book, slot), channel, conversation)
        book.bookings.add(hold)
        return hold

    with admission.alternatives(office, slot_id):
        return office.storage.write(work)


def release(office: Office, hold_id: str) -> None:
    """Give a hold back. Doing it twice is fine; after it nothing can be booked from it. Raises not_found, hold_used."""

    def work(book: Book) -> None:
        hold = book.bookings.get(hold_id, lock=True)
        if hold is None or hold.expires_at is None:
            raise sentences.not_found()
        if hold.status == HELD:
            _give_back(office, book, hold)
        elif hold.open:
            raise sentences.hold_used()

    office.storage.write(work)


def new(office: Office, slot: Slot, resources: tuple[str, ...], channel: str, conversation: str | None) -> Booking:
    """A hold that begins now and is not written yet."""
    service, now = office.rota.services[slot.service], office.now()
    return Booking(
        id=new_id(),
        status=HELD,
        service=slot.service,
        location=slot.location,
        local_start=slot.local.replace(tzinfo=None).isoformat(timespec="minutes"),
        tz=slot.tz,
        start=slot.start,
        end=slot.start + (service.minutes + service.buffer_minutes) // cell.MINUTES,
        minutes=slot.minutes,
        resources=resources,
        created_at=now,
        updated_at=now,
        conversation=conversation,
        channel=channel,
        one_per_day=service.one_per_day,
        expires_at=now + office.clinic.booking.hold_minutes[channel] * 60,
    )


def body(hold: Booking) -> dict[str, Any]:
    """The hold as the API tells it."""
    return {"hold_id": hold.id, "expires_at": iso(hold.expires_at or 0, hold.tz)} | hold.slot.body()


def _give_back(office: Office, book: Book, hold: Booking) -> None:
    book.bookings.save(hold, replace(hold, status=RELEASED, updated_at=office.now()))
