"""`callbacks`, `alerts`, `mark`, `audit`, `tick`, `prune`, `zones`: the daily work and the upkeep."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scheduling import cell, frontdesk, retention, sentences, upkeep
from scheduling.booking import COMPLETED, NO_SHOW, Booking
from scheduling.commands.arguments import printed
from scheduling.office import Office
from scheduling.storage import Book
from scheduling.timing import iso


def add_to(commands: Any) -> None:
    calls = commands.add_parser("callbacks", help="who asked to be called; --set ID called")
    calls.add_argument("--status", choices=frontdesk.CALLBACK_STATES)
    calls.add_argument("--set", nargs=2, metavar=("ID", "STATUS"), dest="change")
    calls.set_defaults(run=_callbacks)
    alerts = commands.add_parser("alerts", help="what staff must see; --acknowledge ID")
    alerts.add_argument("--status", choices=frontdesk.ALERT_STATES)
    alerts.add_argument("--acknowledge", metavar="ID")
    alerts.set_defaults(run=_alerts)
    mark = commands.add_parser("mark", help="a visit took place, or the patient did not come")
    mark.add_argument("appointment")
    mark.add_argument("status", choices=(COMPLETED, NO_SHOW))
    mark.set_defaults(run=_mark)
    audit = commands.add_parser("audit", help="who did what to a patient, visit or course, as JSON")
    audit.add_argument("subject", help="an id")
    audit.set_defaults(run=_audit)
    commands.add_parser("tick", help="one round of upkeep, as the server does by itself").set_defaults(run=_tick)
    prune = commands.add_parser(
        "prune", help="erase what visitors typed who have not come for a while, and what else is over for long"
    )
    prune.add_argument("--months", type=int, default=24)
    prune.set_defaults(run=lambda office, asked: printed(retention.prune(office, asked.months)))
    zones = commands.add_parser("zones", help="find visits whose instant moved because a zone's rules changed")
    zones.add_argument("--apply", action="store_true", help="keep the promised local time: move the instant")
    zones.set_defaults(run=_zones)


def _callbacks(office: Office, asked: argparse.Namespace) -> int:
    if asked.change:
        if asked.change[1] not in frontdesk.CALLBACK_STATES:
            raise sentences.invalid_request(f"The status is one of {', '.join(frontdesk.CALLBACK_STATES)}.")
        frontdesk.set_callback(office, *asked.change)
    for one in office.storage.read(lambda book: book.records.callbacks(asked.status)):
        print(
            f"{one.id}  {iso(one.created_at, office.clinic.timezone)}  {one.status:<7} {one.phone}  {one.name}  {one.reason}"
        )
    return 0


def _alerts(office: Office, asked: argparse.Namespace) -> int:
    if asked.acknowledge:
        frontdesk.acknowledge(office, asked.acknowledge)
    return printed(frontdesk.alerts(office, asked.status))


def _mark(office: Office, asked: argparse.Namespace) -> int:
    def work(book: Book) -> None:
        found = book.bookings.get(asked.appointment, lock=True)
        if found is None or not found.open:
            raise sentences.not_found()
        book.bookings.save(
            found, replace(found, status=asked.status, version=found.version + 1, updated_at=office.now())
        )
        book.audit.note(office.now(), "staff", asked.status, found.id, found.patient_id, {})

    office.storage.write(work)
    return 0


def _audit(office: Office, asked: argparse.Namespace) -> int:
    return printed(office.storage.read(lambda book: book.audit.about(asked.subject)))


def _tick(office: Office, _: argparse.Namespace) -> int:
    upkeep.tick(office)
    return 0


def _zones(office: Office, asked: argparse.Namespace) -> int:
    moved = office.storage.write(lambda book: shifted(office, book, asked.apply))
    for one, start in moved:
        print(f"{one.id}  promised {one.local_start} {one.tz}: instant off by {(start - one.start) * 5} minutes")
    print(f"{len(moved)} visits" + (" moved to their promised local time" if asked.apply else ""))
    return 0


def shifted(office: Office, book: Book, apply: bool) -> list[tuple[Booking, int]]:
    """Visits to come whose cells are no longer those of their promised local time; with `apply` they are put right."""
    found = []
    present = office.now() // cell.SECONDS
    for one in book.bookings.between(present, present + 800 * 288):
        start = cell.at(datetime.fromisoformat(one.local_start).replace(tzinfo=ZoneInfo(one.tz)))
        if start != one.start and one.open:
            found.append((one, start))
    if apply:
        book.bookings.replan(
            [
                (one, replace(one, start=start, end=start + one.end - one.start, version=one.version + 1))
                for one, start in found
            ]
        )
    return found
