"""Which messages a visit or a course brings, and when they are due: in the location's zone, never in quiet hours.

A single visit: a confirmation, then reminders some days ahead that stop once the patient confirmed. A course would be 36
times three texts, so it has one digest a week, the evening before the week's first session, and a word when something changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from scheduling import wording
from scheduling.booking import CONFIRMED, Booking
from scheduling.cell import SECONDS
from scheduling.office import Office, new_id
from scheduling.person import Patient
from scheduling.record import Course, Message
from scheduling.storage import Book

SOON = 3600
DAY = 86400


def booked(office: Office, book: Book, visit: Booking) -> None:
    """A confirmation and the reminders of a visit that is not part of a course."""
    patient = _reachable(book, visit.patient_id)
    if patient:
        text = wording.booked(office.clinic, patient.language, visit.slot)
        book.messages.add([_about(office, patient, visit, "confirmation", text), *_reminders(office, patient, visit)])


def moved(office: Office, book: Book, visit: Booking) -> None:
    """The news and fresh reminders; what was still due about the old time is called off."""
    book.messages.drop_for(booking_id=visit.id)
    patient = _reachable(book, visit.patient_id)
    if patient:
        text = wording.moved(office.clinic, patient.language, visit.slot)
        fresh = [] if visit.course_id else _reminders(office, patient, visit)
        book.messages.add([_about(office, patient, visit, "moved", text), *fresh])
    _renew_digests(office, book, visit.course_id)


def called_off(office: Office, book: Book, visit: Booking) -> None:
    """The news; nothing more is due about this visit."""
    book.messages.drop_for(booking_id=visit.id)
    patient = _reachable(book, visit.patient_id)
    if patient:
        text = wording.called_off(office.clinic, patient.language, visit.slot)
        book.messages.add([_about(office, patient, visit, "called_off", text)])
    _renew_digests(office, book, visit.course_id)


def confirmed(book: Book, visit: Booking) -> None:
    """Reminders stop once the patient said that they will come."""
    book.messages.drop_for(booking_id=visit.id)


def resumed(office: Office, book: Book, patient: Patient) -> None:
    """The reminders and digests that an opt-out had called off."""
    to_come = [
        one for one in book.bookings.of_patients([patient.id]) if one.open and one.start * SECONDS > office.now()
    ]
    for visit in to_come:
        if not visit.course_id and visit.status != CONFIRMED:
            book.messages.add(_reminders(office, patient, visit))
    for course_id in dict.fromkeys(one.course_id for one in to_come):
        _renew_digests(office, book, course_id)


def course(office: Office, book: Book, this: Course, sessions: Sequence[Booking], new: bool) -> None:
    """The news about a whole course, and a digest for each week to come."""
    book.messages.drop_for(course_id=this.id)
    patient = _reachable(book, this.patient_id)
    if not patient:
        return
    slots = [one.slot for one in sessions]
    say = wording.course_booked if new else wording.course_changed
    now = office.now()
    news = Message(
        new_id(),
        "course_booked" if new else "course_changed",
        "patient",
        patient.phone,
        patient.language,
        say(office.clinic, patient.language, slots),
        awake(office, now, office.clinic.timezone),
        now + 2 * DAY,
        now,
        patient_id=patient.id,
        course_id=this.id,
    )
    book.messages.add([news, *_digests(office, patient, this.id, sessions)])


def awake(office: Office, moment: int, tz: str) -> int:
    """A time at which people may be written to: `moment`, or the next morning after quiet hours."""
    hours, local = office.clinic.messages.awake, datetime.fromtimestamp(moment, ZoneInfo(tz))
    minute = local.hour * 60 + local.minute
    morning = local.replace(hour=hours.start // 60, minute=hours.start % 60, second=0)
    if minute < hours.start:
        local = morning
    elif minute >= hours.end:
        local = morning + timedelta(days=1)
    return int(local.timestamp())


def staff(office: Office, book: Book, kind: str, subject: str) -> None:
    """A word to staff, whose addresses the gateway knows; ids only."""
    now = office.now()
    text = wording.staff(office.clinic, kind, subject)
    book.messages.add([Message(new_id(), f"staff_{kind}", "staff", None, "en", text, now, now + 7 * DAY, now)])


def _reachable(book: Book, patient_id: str | None) -> Patient | None:
    patient = book.patients.get(patient_id) if patient_id else None
    return patient if patient and patient.sms_ok and not patient.erased_at else None


def _reminders(office: Office, patient: Patient, visit: Booking) -> list[Message]:
    found = []
    for days in office.clinic.messages.reminder_days:
        local = visit.slot.local - timedelta(days=days)  # the same wall time, also across a change of clocks
        due = awake(office, int(local.timestamp()), visit.tz)
        if due > office.now() + SOON:
            text = wording.reminder(office.clinic, patient.language, visit.slot)
            found.append(_about(office, patient, visit, f"reminder_{days}d", text, due))
    return found


def _digests(office: Office, patient: Patient, course_id: str, sessions: Sequence[Booking]) -> list[Message]:
    now, found = office.now(), []
    to_come = [one for one in sessions if one.open and one.start * SECONDS > now]
    for _, group in groupby(to_come, key=lambda one: one.slot.local.isocalendar()[:2]):
        week = list(group)
        evening = (week[0].slot.local - timedelta(days=1)).replace(hour=17, minute=0)
        due = int(evening.timestamp())
        if due > now:
            text = wording.digest(office.clinic, patient.language, [one.slot for one in week])
            found.append(
                Message(
                    new_id(),
                    "digest",
                    "patient",
                    patient.phone,
                    patient.language,
                    text,
                    due,
                    week[0].start * SECONDS,
                    now,
                    patient_id=patient.id,
                    course_id=course_id,
                )
            )
    return found


def _renew_digests(office: Office, book: Book, course_id: str | None) -> None:
    this = book.courses.get(course_id) if course_id else None
    patient = _reachable(book, this.patient_id) if this else None
    if this and patient:
        book.messages.drop_for(course_id=this.id)
        book.messages.add(_digests(office, patient, this.id, book.bookings.of_course(this.id)))


def _about(office: Office, patient: Patient, visit: Booking, kind: str, text: str, due: int | None = None) -> Message:
    now = office.now()
    return Message(
        new_id(),
        kind,
        "patient",
        patient.phone,
        patient.language,
        text,
        due or awake(office, now, visit.tz),
        max(visit.start * SECONDS, now + DAY if due is None else 0),
        now,
        patient_id=patient.id,
        booking_id=visit.id,
    )
