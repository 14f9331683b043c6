"""May this start be booked now? Every refusal of a start is decided here, and gets its alternatives here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from clinic.config import VisitType

from scheduling import availability, cell, sentences
from scheduling import slot as slots
from scheduling.availability import Closures, Query
from scheduling.booking import EXPIRED, Booking, Busy
from scheduling.caller import Caller
from scheduling.office import Office
from scheduling.problem import Problem
from scheduling.slot import Slot
from scheduling.storage import Book
from scheduling.window import Window, Wish

GRACE = 2
"""Cells: a time that was offered a moment ago may still be chosen when the minimum notice has just passed it."""

OFFERED = 3
"""How many alternatives a refusal brings."""


def admit(office: Office, book: Book, slot_id: str, closures: Closures | None = None) -> Slot:
    """The slot of an id, when the clinic's rules allow to book it now; whether it is taken is not asked here.

    `closures`: those that staff entered, when the caller has read them for many slots at once.

    Raises invalid_slot, unknown_service, unknown_location, wrong_offset, off_grid, past, too_soon, beyond_horizon, closed.
    """
    named = slots.parse(slot_id)
    service = office.service(named.service)
    office.locations(named.location)
    zone = office.rota.zone(named.location)
    moment = named.wall.replace(tzinfo=zone)
    if moment.utcoffset() != named.offset:
        raise sentences.wrong_offset(())
    now, start = office.now(), cell.at(moment)
    range_ = availability.bookable(office.rota, now)
    if start < range_.now:
        raise sentences.past(())
    if start >= range_.horizon:
        raise sentences.beyond_horizon((), office.clinic.booking.horizon_days)
    this = office.rota.day(named.location, named.wall.date())
    bit = 1 << (start - this.base)
    visit = service.minutes // cell.MINUTES
    day = named.wall.date()
    off = book.closures.on(day, day) if closures is None else closures
    if (day, None) in off or (day, named.location) in off or not cell.runs(this.open, visit) & bit:
        raise sentences.closed(())
    staffed = availability.free_starts(office.rota.stretch(named.location, service, day, day), service, Busy(this.base))
    if moment.minute % cell.MINUTES or not staffed & bit:
        raise sentences.off_grid(())
    if start < range_.soonest - GRACE:
        raise sentences.too_soon((), office.phone)
    return Slot(service.id, named.location, start, service.minutes, office.rota.places[named.location].timezone)


def permit(office: Office, service: VisitType, caller: Caller) -> None:
    """May this caller book this kind of visit alone? Raises staff_only, not_verified."""
    if service.self_book == "staff":
        raise sentences.staff_only(office.phone)
    if service.self_book == "verified":
        caller.must_be_verified()


def choose(
    office: Office, book: Book, slot: Slot, moving: Booking | None = None, prefer: Sequence[str] = ()
) -> tuple[str, ...]:
    """Free resources for a slot, after expired holds on it were cleared away. Raises slot_taken."""
    service, now = office.rota.services[slot.service], office.now()
    end = slot.start + (service.minutes + service.buffer_minutes) // cell.MINUTES
    busy = book.bookings.busy(slot.start, end, now)
    if busy.lapsed:
        for hold in book.bookings.lapsed(now, slot.start, end):
            expire(book, hold, now)
    if moving:
        busy.forget(moving)
    chosen = availability.pick(office.rota, service, slot, busy, prefer)
    if chosen is None:
        raise sentences.slot_taken(())
    return chosen


def expire(book: Book, hold: Booking, now: int) -> None:
    """Give the cells of a hold past its end back."""
    book.bookings.save(hold, replace(hold, status=EXPIRED, updated_at=now))


def near(office: Office, book: Book, slot: Slot) -> list[Slot]:
    """Free slots closest to a refused one, of the same service, at the same location when it has any."""
    service, now, zone = office.service(slot.service), office.now(), office.rota.zone(slot.location)
    present = cell.moment(max(slot.start, now // cell.SECONDS), zone)
    around = Window(present - timedelta(days=2), present + timedelta(days=6))
    found = availability.search(
        office.rota, book, Query(service, [slot.location], Wish(windows=(around,)), 300), now
    ) or availability.search(office.rota, book, Query(service, list(office.rota.places), Wish(), 3), now)
    closest = sorted(found, key=lambda other: abs(other.start - slot.start))[:OFFERED]
    return sorted(closest, key=lambda other: other.start)


@contextmanager
def alternatives(office: Office, slot_id: str | None) -> Iterator[list[Slot]]:
    """Refusals of a start get free slots nearby; they are looked up after the refused transaction has ended.

    Yields a list in which the body may leave the slot that it found out to be wanted.
    """
    found: list[Slot] = []
    try:
        yield found
    except Problem as problem:
        if problem.alternatives is not None and (found or slot_id):
            wanted = found[-1] if found else _roughly(office, slot_id or "")
            problem.alternatives = office.storage.read(lambda book: near(office, book, wanted))
        raise


def _roughly(office: Office, slot_id: str) -> Slot:
    """A slot at the named place and kind of visit, at or after the named time, which may be none of our starts."""
    named = slots.parse(slot_id)
    zone = office.rota.zone(named.location)
    service = office.service(named.service)
    moment: datetime = named.wall.replace(tzinfo=zone)
    return Slot(service.id, named.location, cell.at(moment), service.minutes, str(zone))
