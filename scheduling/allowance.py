"""How many sessions a patient may still book: only within what staff authorised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from scheduling.booking import LIVE, Booking
from scheduling.caller import Caller
from scheduling.office import Office, new_id
from scheduling.problem import Conflict, NotAllowed
from scheduling.record import Authorisation, Course
from scheduling.storage import Book


def find(office: Office, book: Book, caller: Caller, service: str, count: int, days: Sequence[date]) -> Authorisation:
    """The oldest authorisation that has `count` sessions left and is valid on all these local dates; locked.

    Raises not_authorised, authorisation_exceeded.
    """
    known = book.courses.authorisations(caller.patient_ids, service)
    valid = [one for one in known if all(one.valid_from <= day <= one.valid_until for day in days)]
    if not valid:
        raise not_authorised(office.phone)
    for one in valid:
        if book.courses.used(one.id) + count <= one.sessions:
            return one
    left = max(one.sessions - book.courses.used(one.id) for one in valid)
    raise exceeded(max(left, 0), office.phone)


def within(office: Office, book: Book, visit: Booking) -> None:
    """A moved session must stay within its authorisation's dates. Raises not_authorised."""
    course = book.courses.get(visit.course_id) if visit.course_id else None
    allowed = book.courses.authorisation(course.authorisation_id) if course else None
    if allowed and not allowed.valid_from <= visit.slot.local.date() <= allowed.valid_until:
        raise not_authorised(office.phone)


def single(office: Office, book: Book, caller: Caller, visit: Booking) -> Booking:
    """A session booked by itself joins the course of its authorisation, or begins one."""
    day = visit.slot.local.date()
    allowed = find(office, book, caller, visit.service, 1, [day])
    must_fit_the_day(book, caller.patient_ids, visit, allowed)
    mine = [one for one in book.courses.of_patients(caller.patient_ids) if one.authorisation_id == allowed.id]
    if not mine:
        now = office.now()
        course = Course(
            new_id(), caller.patient_ids[0], allowed.id, visit.service, visit.location, "open", now, now, {}
        )
        book.courses.add(course)
        mine = [course]
    return replace(visit, course_id=mine[-1].id, one_per_day=allowed.per_day == 1)


def must_fit_the_day(book: Book, patient_ids: Sequence[str], visit: Booking, allowed: Authorisation) -> None:
    """Where the protocol allows several sessions a day: no more than that, and with the pause between. Raises not_authorised."""
    if allowed.per_day == 1:
        return
    gap = allowed.gap_minutes // 5
    day = visit.local_start[:10]
    same = [
        one
        for one in book.bookings.of_patients(patient_ids)
        if one.status in LIVE and one.service == visit.service and one.local_start[:10] == day and one.id != visit.id
    ]
    close = any(one.start < visit.slot.end + gap and visit.start < one.slot.end + gap for one in same)
    if len(same) >= allowed.per_day or close:
        raise Conflict(
            "patient_conflict",
            "You already have as many sessions that day as your plan allows, or one too close to that time.",
            "Ya tiene ese día todas las sesiones que permite su plan, o una demasiado cercana a esa hora.",
            409,
            (),
        )


def not_authorised(phone: str) -> NotAllowed:
    return NotAllowed(
        "not_authorised",
        f"Treatment sessions can be booked once our staff have approved them for those dates. Please call us at {phone}.",
        f"Las sesiones se pueden reservar cuando nuestro personal las haya aprobado para esas fechas. Llámenos al {phone}.",
        403,
    )


def exceeded(left: int, phone: str) -> NotAllowed:
    return NotAllowed(
        "authorisation_exceeded",
        f"{left} more sessions are approved for you. For more, please call us at {phone}.",
        f"Tiene {left} sesiones más aprobadas. Para otras, llámenos al {phone}.",
        403,
        extra={"left": left},
    )
