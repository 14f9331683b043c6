"""The waitlist: who waits is offered a time that fits as soon as one is free; an offer is a held time; the first to say yes gets it.

Offers go out in rounds of `group` people, first come first; a round lasts `minutes`; then the next people are asked about the same
held time. Nobody is written to in quiet hours, or later than `stop_hours` before the visit, or twice about one time. The numbers
are the clinic's (clinic.config.Waitlist).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from clinic.config import Waitlist

from scheduling import (
    admission,
    appointment,
    availability,
    hold,
    notice,
    person,
    record,
    sentences,
    served,
    texts,
    wording,
)
from scheduling.availability import Query
from scheduling.booking import BOOKED, HELD, RELEASED, Booking
from scheduling.caller import Caller
from scheduling.cell import SECONDS
from scheduling.idempotency import Request, maybe_once, once
from scheduling.office import Office, new_id
from scheduling.person import Patient
from scheduling.record import Message, Offer, Waiting
from scheduling.slot import Slot
from scheduling.storage import Book

AT_ONCE = 200
"""How many waiting people one round of looking considers."""


def join(
    office: Office,
    wanted: appointment.Wanted,
    service_id: str,
    location: str | None,
    wish: dict[str, Any],
    caller: Caller,
    request: Request,
) -> dict[str, Any]:
    """Wait for a time. Raises unknown_service, unknown_location, invalid_window, not_verified, staff_only, under_age."""
    service = office.service(service_id)
    office.locations(location)
    served.wish(wish)
    admission.permit(office, service, caller)

    def work(book: Book) -> tuple[dict[str, Any], None]:
        now = office.now()
        patient_id = caller.patient_ids[0] if caller.verified else appointment.visitor(office, book, wanted)
        entry = Waiting(
            _in_order(),
            patient_id,
            caller.verified,
            service_id,
            location,
            wanted.language,
            wanted.conversation,
            record.WAITING,
            now,
            now,
            wish,
        )
        book.waitlist.add(entry)
        book.audit.note(now, caller.actor, "join_waitlist", entry.id, patient_id, {"service": service_id})
        return body(entry) | {"texts": texts.settled(book.patients.get(patient_id))}, None

    return once(office, request, work)


def list_mine(office: Office, caller: Caller) -> list[dict[str, Any]]:
    """What a verified person waits for. Raises not_verified."""
    caller.must_be_verified()
    return [body(one) for one in office.storage.read(lambda book: book.waitlist.of_patients(caller.patient_ids))]


def leave(office: Office, caller: Caller, waiting_id: str) -> dict[str, Any]:
    """Wait no longer. Doing it twice is fine. Raises not_verified, not_found."""
    caller.must_be_verified()

    def work(book: Book) -> dict[str, Any]:
        entry = book.waitlist.get(waiting_id)
        if entry is None or entry.patient_id not in caller.patient_ids:
            raise sentences.not_found()
        if entry.status in (record.WAITING, record.OFFERED):
            entry = _set(office, book, entry, record.LEFT)
        return body(entry)

    return office.storage.write(work)


def answer(office: Office, phone: str, accept: bool, request: Request | None = None) -> dict[str, Any]:
    """The answer to an offer, from the number it was sent to. Accepting books; a patient's other open offers end.

    With the key of `request` the same answer twice is one: a booking must not be met again as an offer that is gone.

    `done`: accepted, declined, nothing (no open offer), ambiguous (two people on one number), or taken (somebody was first).
    """
    number = person.number(phone)

    def work(book: Book) -> dict[str, Any]:
        offers = book.waitlist.open_offers(phone=number)
        if not offers:
            return {"done": "nothing"}
        # Everybody who wants this time waits for its row first, so that nobody waits in a circle.
        held = book.bookings.get(offers[0].booking_id, lock=True)
        entries = [entry for one in offers if (entry := book.waitlist.get(one.waiting_id))]
        if len({entry.patient_id for entry in entries}) > 1:
            return {"done": "ambiguous"}
        rivals = book.waitlist.offers_of(offers[0].booking_id)
        offer = next(one for one in rivals if one.id == offers[0].id)
        if not accept:
            _end(office, book, offer, record.DECLINED)
            return {"done": "declined"}
        if held is None or held.status != HELD or offer.status != record.OPEN or (held.expires_at or 0) <= office.now():
            _end(office, book, offer, record.TAKEN)
            return {"done": "taken"}
        return {"done": "accepted", "appointment": _accept(office, book, held, offer, rivals).body()}

    return maybe_once(office, request or Request(None, "answer", {}), lambda book: (work(book), None))


def look(office: Office) -> int:
    """End what is over, then offer free times to those who wait; returns how many offers were made."""
    now, rules = office.now(), office.clinic.waitlist
    made = 0
    over = office.storage.read(lambda book: book.waitlist.open_offers(over_at=now))
    for booking_id in sorted({one.booking_id for one in over}):
        made += office.storage.write(_with(_next_round, office, booking_id, rules))
    if notice.awake(office, now, office.clinic.timezone) != now:
        return made
    for entry in office.storage.read(lambda book: book.waitlist.in_line(AT_ONCE)):
        made += office.storage.write(_with(_offer_to, office, entry.id, rules))
    return made


def _with(
    work: Callable[[Office, Book, str, Waitlist], int], office: Office, subject: str, rules: Waitlist
) -> Callable[[Book], int]:
    return lambda book: work(office, book, subject, rules)


def body(entry: Waiting) -> dict[str, Any]:
    return {
        "waiting_id": entry.id,
        "status": entry.status,
        "service": entry.service,
        "location": entry.location,
        "windows": entry.wish.get("windows", []),
    }


def _accept(office: Office, book: Book, held: Booking, offer: Offer, rivals: Sequence[Offer]) -> Booking:
    entry = book.waitlist.get(offer.waiting_id)
    assert entry  # a foreign key says so
    booked = replace(
        held, status=BOOKED, patient_id=entry.patient_id, verified=entry.verified, updated_at=office.now(), version=1
    )
    appointment.must_be_free(book, [entry.patient_id], booked)
    book.bookings.save(held, booked)
    book.waitlist.save_offer(replace(offer, status=record.ACCEPTED))
    _set(office, book, entry, record.SERVED)
    book.audit.note(office.now(), "patient", "accept_offer", booked.id, entry.patient_id, {"slot": booked.slot.slot_id})
    notice.booked(office, book, booked)
    for rival in rivals:
        if rival.id != offer.id and rival.status == record.OPEN:
            _end(office, book, rival, record.TAKEN)
            _tell_taken(office, book, rival)
    return booked


def _offer_to(office: Office, book: Book, waiting_id: str, rules: Waitlist) -> int:
    """Hold the soonest time that fits somebody who waits, and offer it to them and to others whom it fits."""
    entry = book.waitlist.get(waiting_id)
    if entry is None or entry.status != record.WAITING:
        return 0
    slot = _soonest(office, book, entry, rules)
    if slot is None:
        return 0
    held = replace(
        hold.new(office, slot, admission.choose(office, book, slot), "sms", None),
        expires_at=office.now() + rules.minutes * 60,
    )
    book.bookings.add(held)
    asked = _ask(office, book, held, 1, rules)
    if not asked:
        book.bookings.save(held, replace(held, status=RELEASED))
    return asked


def _next_round(office: Office, book: Book, booking_id: str, rules: Waitlist) -> int:
    """A round is over: its offers end, the next people are asked, or the time is given back."""
    held = book.bookings.get(booking_id, lock=True)
    offers = book.waitlist.offers_of(booking_id)
    for one in offers:
        if one.status == record.OPEN:
            _end(office, book, one, record.OVER)
    if held is None or held.status != HELD:
        return 0
    soon = held.start * SECONDS - office.now() < rules.stop_hours * 3600
    renewed = replace(held, expires_at=office.now() + rules.minutes * 60, updated_at=office.now())
    asleep = notice.awake(office, office.now(), held.tz) != office.now()
    asked = 0 if soon or asleep else _ask(office, book, held, max(one.round for one in offers) + 1, rules)
    gone = replace(held, status=RELEASED, updated_at=office.now())
    book.bookings.save(held, renewed if asked else gone)
    return asked


def _ask(office: Office, book: Book, held: Booking, round_: int, rules: Waitlist) -> int:
    """Offer a held time to the next people in line whom it fits."""
    now, asked = office.now(), 0
    for entry in book.waitlist.in_line(AT_ONCE):
        if asked == rules.group:
            break
        patient = book.patients.get(entry.patient_id)
        if patient is None or not served.fits(office, entry, held.slot):
            continue
        if (held.location, held.start) in book.waitlist.offered(entry.id):
            continue
        until = now + rules.minutes * 60
        book.waitlist.add_offer(Offer(new_id(), entry.id, held.id, round_, record.OPEN, now, until))
        _set(office, book, entry, record.OFFERED)
        text = wording.offer(office.clinic, entry.language, held.slot, rules.minutes)
        book.messages.add([_message(office, patient, "offer", text, until)])
        asked += 1
    return asked


def _soonest(office: Office, book: Book, entry: Waiting, rules: Waitlist) -> Slot | None:
    service = office.rota.services.get(entry.service)
    if service is None:
        return None
    query = Query(service, office.locations(entry.location), served.wish(entry.wish), 20)
    known = book.waitlist.offered(entry.id)
    limit = office.now() + rules.stop_hours * 3600
    found = availability.search(office.rota, book, query, office.now())
    return next((one for one in found if one.start * SECONDS > limit and (one.location, one.start) not in known), None)


def _end(office: Office, book: Book, offer: Offer, status: str) -> None:
    """An offer ends; whoever had it waits on."""
    book.waitlist.save_offer(replace(offer, status=status))
    entry = book.waitlist.get(offer.waiting_id)
    if entry and entry.status == record.OFFERED:
        _set(office, book, entry, record.WAITING)


def _tell_taken(office: Office, book: Book, offer: Offer) -> None:
    entry = book.waitlist.get(offer.waiting_id)
    patient = book.patients.get(entry.patient_id) if entry else None
    if entry and patient and patient.sms_ok:
        text = wording.offer_taken(office.clinic, entry.language)
        book.messages.add([_message(office, patient, "offer_taken", text, office.now() + 3600)])


def _message(office: Office, patient: Patient, kind: str, text: str, until: int) -> Message:
    now = office.now()
    return Message(
        new_id(), kind, "patient", patient.phone, patient.language, text, now, until, now, patient_id=patient.id
    )


def _set(office: Office, book: Book, entry: Waiting, status: str) -> Waiting:
    new = replace(entry, status=status, updated_at=office.now())
    book.waitlist.save(new)
    return new


def _in_order() -> str:
    """An id that sorts by when it was made: people who join within one second still stand in line in their order."""
    return f"{time.time_ns():016x}{new_id()[:16]}"
