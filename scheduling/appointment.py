"""Appointments: book, read, list, move, call off, confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from scheduling import admission, allowance, calendar_file, hold, notice, person, sentences, served, texts
from scheduling.booking import BOOKED, CANCELLED, CONFIRMED, HELD, LIVE, OPEN, RELEASED, Booking
from scheduling.caller import Caller
from scheduling.cell import SECONDS
from scheduling.idempotency import Request, maybe_once, once
from scheduling.office import Office, new_id
from scheduling.person import VISITOR, Details, Patient
from scheduling.slot import Slot
from scheduling.storage import Book

READ_BACK_SECONDS = 3600
"""How long the booking token of a new appointment reads it back."""


@dataclass(frozen=True)
class Wanted:
    """What to book: a hold or a slot, and, for a person who is not verified, who comes.

    `sender_phone`: the E.164 number a text came from, which is thereby one that may be texted.
    """

    hold_id: str | None
    slot_id: str | None
    details: Details | None
    conversation: str | None = None
    channel: str = "web"
    language: str = "en"
    sender_phone: str | None = None


def book(office: Office, wanted: Wanted, caller: Caller, request: Request) -> dict[str, Any]:
    """Book once per Idempotency-Key. Returns the appointment and its `booking_token`.

    Raises what admission raises, slot_taken, hold_expired, hold_used, not_verified, staff_only, under_age, too_many_open,
    invalid_patient, patient_conflict.
    """

    def work(book_: Book) -> tuple[dict[str, Any], str]:
        kept = _kept(office, book_, wanted, place)
        service = office.rota.services[kept.service]
        admission.permit(office, service, caller)
        patient_id = caller.patient_ids[0] if caller.verified else visitor(office, book_, wanted)
        booked = replace(
            kept, status=BOOKED, patient_id=patient_id, verified=caller.verified, updated_at=office.now(), version=1
        )
        if caller.verified:
            if service.course:
                booked = allowance.single(office, book_, caller, booked)
            must_be_free(book_, caller.patient_ids, booked)
        if wanted.hold_id:
            book_.bookings.save(kept, booked)
        else:
            book_.bookings.add(booked)
        book_.audit.note(office.now(), caller.actor, "book", booked.id, patient_id, {"slot": booked.slot.slot_id})
        notice.booked(office, book_, booked)
        served.by(office, book_, booked)
        return booked.body() | {
            "booking_token": read_back_token(office, booked.id),
            "calendar": calendar_file.link(office, calendar_file.VISIT, booked.id),
            "texts": texts.settled(book_.patients.get(patient_id)),
        }, booked.id

    with admission.alternatives(office, wanted.slot_id) as place:
        return once(office, request, work)


def read(office: Office, appointment_id: str, caller: Caller, token: str | None, key: str | None) -> dict[str, Any]:
    """One appointment as it is told, for its verified patient, or for whoever just booked it: by booking token or by the same key.

    Raises not_verified without any proof, and not_found alike for a wrong proof and for an id that does not exist.
    """
    if not caller.verified and token is None and key is None:
        raise sentences.not_verified()

    def work(book_: Book) -> dict[str, Any]:
        found = book_.bookings.get(appointment_id)
        if found is None or found.patient_id is None or found.status not in (*LIVE, CANCELLED):
            raise sentences.not_found()
        kept = book_.answers.get(key) if key else None
        if (
            found.patient_id in caller.patient_ids
            or (token and _token_fits(office, appointment_id, token))
            or (kept and kept.booking_id == appointment_id)
        ):
            return found.body() | {"texts": texts.settled(book_.patients.get(found.patient_id))}
        raise sentences.not_found()

    return office.storage.read(work)


def list_mine(office: Office, caller: Caller, statuses: Sequence[str] = (), upcoming: bool = False) -> list[Booking]:
    """A verified person's appointments, in order of time. Raises not_verified."""
    caller.must_be_verified()
    mine = office.storage.read(lambda book_: book_.bookings.of_patients(caller.patient_ids))
    present = office.now() // SECONDS
    return [
        one
        for one in mine
        if one.status in (*LIVE, CANCELLED)
        and (not statuses or one.status in statuses)
        and (not upcoming or (one.end > present and one.open))
    ]


def reschedule(
    office: Office, appointment_id: str, wanted: Wanted, caller: Caller, version: int | None, request: Request
) -> dict[str, Any]:
    """Move an appointment in one transaction; it keeps its id, and its old time unless the new one was won.

    Raises not_verified, not_found, version_conflict, not_changeable, too_late, service_mismatch, and what booking raises.
    """
    caller.must_be_verified()

    def work(book_: Book) -> tuple[dict[str, Any], str]:
        old = mine(book_, appointment_id, caller, version)
        must_be_changeable(office, old)
        new = move(office, book_, old, wanted, place)
        if new is not old:
            must_be_free(book_, caller.patient_ids, new)
            allowance.within(office, book_, new)
            book_.bookings.save(old, new)
            detail = {"from": old.slot.slot_id, "to": new.slot.slot_id}
            book_.audit.note(office.now(), caller.actor, "reschedule", new.id, new.patient_id, detail)
            notice.moved(office, book_, new)
        return new.body() | {"calendar": calendar_file.link(office, calendar_file.VISIT, new.id)}, new.id

    with admission.alternatives(office, wanted.slot_id) as place:
        return once(office, request, work)


def cancel(
    office: Office, appointment_id: str, caller: Caller, version: int | None, reason: str | None, request: Request
) -> dict[str, Any]:
    """Call an appointment off. Doing it twice is fine. Raises not_verified, not_found, version_conflict, too_late."""
    caller.must_be_verified()

    def work(book_: Book) -> tuple[dict[str, Any], str]:
        old = mine(book_, appointment_id, caller, None)
        if old.status == CANCELLED:
            return old.body(), old.id
        _must_match(old, version)
        must_be_changeable(office, old)
        new = replace(old, status=CANCELLED, version=old.version + 1, cancel_reason=reason, updated_at=office.now())
        book_.bookings.save(old, new)
        book_.audit.note(office.now(), caller.actor, "cancel", new.id, new.patient_id, {"reason": reason})
        notice.called_off(office, book_, new)
        return new.body(), new.id

    return maybe_once(office, request, work)


def confirm(
    office: Office, appointment_id: str, caller: Caller, version: int | None, request: Request
) -> dict[str, Any]:
    """The patient says that they will come. Doing it twice is fine. Raises not_verified, not_found, not_changeable."""
    caller.must_be_verified()

    def work(book_: Book) -> tuple[dict[str, Any], str]:
        old = mine(book_, appointment_id, caller, None)
        if old.status == CONFIRMED:
            return old.body(), old.id
        _must_match(old, version)
        new = confirmed(office, book_, old, caller.actor)
        notice.confirmed(book_, new)
        return new.body(), new.id

    return maybe_once(office, request, work)


def confirmed(office: Office, book_: Book, old: Booking, actor: str) -> Booking:
    """Mark an open visit as confirmed. Raises not_changeable when it is over or called off."""
    if not old.open or old.start * SECONDS <= office.now():
        raise sentences.not_changeable(office.phone)
    new = replace(old, status=CONFIRMED, version=old.version + 1, updated_at=office.now())
    book_.bookings.save(old, new)
    book_.audit.note(office.now(), actor, "confirm", new.id, new.patient_id, {})
    return new


def move(office: Office, book_: Book, old: Booking, wanted: Wanted, place: list[Slot]) -> Booking:
    """The appointment at its new time, not yet written; a hold on that time is given back in its favour."""
    held = _held(office, book_, wanted.hold_id, place) if wanted.hold_id else None
    slot = held.slot if held else admission.admit(office, book_, wanted.slot_id or "")
    if slot.service != old.service:
        raise sentences.service_mismatch()
    if slot == old.slot:
        return old
    if held:
        book_.bookings.save(held, replace(held, status=RELEASED, updated_at=office.now()))
    return moved(office, book_, old, slot, held.resources if held else old.resources)


def moved(office: Office, book_: Book, old: Booking, slot: Slot, prefer: Sequence[str]) -> Booking:
    """The appointment at another slot with free resources, not yet written. Raises slot_taken."""
    resources = admission.choose(office, book_, slot, moving=old, prefer=prefer)
    return replace(
        old,
        status=BOOKED,
        location=slot.location,
        local_start=slot.local.replace(tzinfo=None).isoformat(timespec="minutes"),
        tz=slot.tz,
        start=slot.start,
        end=slot.start + (old.end - old.start),
        resources=resources,
        version=old.version + 1,
        updated_at=office.now(),
    )


def mine(book_: Book, appointment_id: str, caller: Caller, version: int | None) -> Booking:
    """The caller's own appointment, locked. Raises not_found (also for other people's), version_conflict."""
    found = book_.bookings.get(appointment_id, lock=True)
    if found is None or found.patient_id not in caller.patient_ids or found.status not in (*LIVE, CANCELLED):
        raise sentences.not_found()
    _must_match(found, version)
    return found


def must_be_changeable(office: Office, old: Booking) -> None:
    """Raises not_changeable, too_late."""
    hours = office.clinic.booking.change_cutoff_hours
    if old.status not in OPEN or old.start * SECONDS <= office.now():
        raise sentences.not_changeable(office.phone)
    if old.start * SECONDS - office.now() < hours * 3600:
        raise sentences.too_late(hours, office.phone)


def must_be_free(book_: Book, patient_ids: Sequence[str], wanted: Booking) -> None:
    """Nobody can be in two places, or have two one-a-day visits on a day. Raises patient_conflict."""
    for other in book_.bookings.of_patients(patient_ids):
        if other.id == wanted.id or other.status not in LIVE:
            continue
        if other.start < wanted.end and wanted.start < other.end:
            raise sentences.patient_conflict(())
        same_kind = wanted.one_per_day and other.one_per_day and other.service == wanted.service
        if same_kind and other.local_start[:10] == wanted.local_start[:10]:
            raise sentences.patient_conflict(())


def read_back_token(office: Office, appointment_id: str) -> str:
    """Lets whoever booked an appointment read it back for a while, and nothing else."""
    until = office.now() + READ_BACK_SECONDS
    return f"{until}.{office.seal('booking', f'{appointment_id} {until}')}"


def _token_fits(office: Office, appointment_id: str, token: str) -> bool:
    until, _, seal = token.partition(".")
    if not until.isascii() or not until.isdigit() or len(until) > 12 or int(until) < office.now():
        return False
    return office.fits("booking", f"{appointment_id} {until}", seal)


def _must_match(found: Booking, version: int | None) -> None:
    if version is not None and version != found.version:
        raise sentences.version_conflict()


def _kept(office: Office, book_: Book, wanted: Wanted, place: list[Slot]) -> Booking:
    """The hold to be booked, or a new booking for the slot that is not yet written."""
    if wanted.hold_id:
        return _held(office, book_, wanted.hold_id, place)
    slot = admission.admit(office, book_, wanted.slot_id or "")
    resources = admission.choose(office, book_, slot)
    return replace(hold.new(office, slot, resources, wanted.channel, wanted.conversation), expires_at=None)


def _held(office: Office, book_: Book, hold_id: str, place: list[Slot]) -> Booking:
    found = book_.bookings.get(hold_id, lock=True)
    if found:
        place.append(found.slot)
    if found is None or (found.status == HELD and (found.expires_at or 0) <= office.now()):
        raise sentences.hold_expired((), office.phone)
    if found.status in OPEN:
        raise sentences.hold_used()
    if found.status != HELD:
        raise sentences.hold_expired((), office.phone)
    return found


def visitor(office: Office, book_: Book, wanted: Wanted) -> str:
    """A new record for somebody who is not verified: never an existing one, whatever they typed.

    Raises not_verified, under_age, too_many_open.
    """
    details = wanted.details
    if details is None:
        raise sentences.not_verified()
    book_.one_at_a_time(f"phone {details.phone}")
    rules, present = office.clinic.booking, office.now() // SECONDS
    if person.age(details.date_of_birth, office.today()) < rules.minimum_age:
        raise sentences.under_age(rules.minimum_age, office.phone)
    if book_.bookings.open_count(present, phone=details.phone) >= rules.open_per_phone:
        raise sentences.too_many_open(office.phone)
    if wanted.conversation and book_.bookings.open_count(present, conversation=wanted.conversation):
        raise sentences.too_many_open(office.phone)
    new = Patient(
        new_id(),
        details.name,
        details.date_of_birth,
        details.phone,
        VISITOR,
        office.now(),
        language=wanted.language,
        **texts.of_visitor(office, book_, details.phone, wanted.sender_phone, wanted.conversation),
    )
    book_.patients.add(new)
    return new.id
