"""Calendar files (RFC 5545, RFC 5546) behind signed links that end.

A visit keeps its UID; SEQUENCE goes up with every change and with calling it off. A course is one event per session, because
sessions are moved one by one. The summary is neutral: lock screens and shared calendars show it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import icalendar

from scheduling import cell, sentences
from scheduling.booking import CANCELLED, Booking
from scheduling.office import Office
from scheduling.problem import NotFound
from scheduling.storage import Book

LINK_DAYS = 30
_SIGNED = re.compile(r"^([vc])\.([0-9a-f]{32})\.(\d{1,12})\.([0-9a-f]{64})$", re.ASCII)

VISIT, COURSE = "v", "c"


def link(office: Office, kind: str, subject: str) -> str:
    """The `{signed}` part of `/calendar/{signed}` for a visit or a course; ends after LINK_DAYS."""
    until = office.now() + LINK_DAYS * 86400
    return f"{kind}.{subject}.{until}.{office.seal('calendar', f'{kind} {subject} {until}')}"


def file(office: Office, signed: str) -> bytes:
    """The calendar file of a signed link. Raises not_found for a wrong one, link_expired for an old one."""
    match = _SIGNED.match(signed)
    if not match:
        raise sentences.not_found()
    kind, subject, until, seal = match.groups()
    if not office.fits("calendar", f"{kind} {subject} {until}", seal):
        raise sentences.not_found()
    if int(until) < office.now():
        raise NotFound("link_expired", "This link has expired.", "Este enlace ya venció.", 410)

    def work(book: Book) -> list[Booking]:
        if kind == COURSE:
            return book.bookings.of_course(subject)
        found = book.bookings.get(subject)
        return [found] if found and found.patient_id else []

    visits = office.storage.read(work)
    if not visits:
        raise sentences.not_found()
    return calendar(office, visits)


def calendar(office: Office, visits: Sequence[Booking]) -> bytes:
    """One VCALENDAR with one VEVENT per visit and the VTIMEZONEs they need."""
    made = icalendar.Calendar()
    made.add("prodid", f"-//{office.clinic.short_name}//scheduling//EN")
    made.add("version", "2.0")
    made.add("method", "CANCEL" if all(one.status == CANCELLED for one in visits) else "PUBLISH")
    for one in visits:
        made.add_component(_event(office, one))
    days = [one.slot.local.date() for one in visits]
    made.add_missing_timezones(min(days) - timedelta(days=366), max(days) + timedelta(days=366))
    return bytes(made.to_ical())


def _event(office: Office, one: Booking) -> icalendar.Event:
    place = office.clinic.location(one.location)
    zone = ZoneInfo(one.tz)
    event = icalendar.Event()
    event.add("uid", f"{one.id}@appointments")
    event.add("sequence", one.version - 1)
    event.add("dtstamp", datetime.fromtimestamp(one.updated_at, timezone.utc))
    event.add("dtstart", cell.moment(one.start, zone))
    event.add("dtend", cell.moment(one.slot.end, zone))
    event.add("summary", f"Appointment, {office.clinic.short_name}")
    event.add("location", f"{place.name}, {place.address}")
    event.add("status", "CANCELLED" if one.status == CANCELLED else "CONFIRMED")
    return event
