"""`closure` and `away`: days off beside those of clinic.yml, and people or chairs that are missing for a while."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scheduling import cell, sentences
from scheduling.booking import Booking
from scheduling.commands.arguments import days_of
from scheduling.office import Office, new_id
from scheduling.storage import Book


def add_to(commands: Any) -> None:
    closure = commands.add_parser("closure", help="close the clinic, or one location, on days").add_subparsers(
        dest="verb", required=True, metavar="add|remove|list"
    )
    for verb, what, run in (("add", "close on", _close), ("remove", "open again on", _open)):
        one = closure.add_parser(verb, help=f"{what} a day or from one day to another")
        one.add_argument("days", type=days_of, help="2026-12-24 or 2026-12-24/2026-12-31")
        one.add_argument("--location", help="only this location")
        one.add_argument("--reason")
        one.set_defaults(run=run)
    closure.add_parser("list", help="closures that staff entered").set_defaults(run=_closures)

    away = commands.add_parser("away", help="a chair or a person is missing for a while").add_subparsers(
        dest="verb", required=True, metavar="add|remove|list"
    )
    add = away.add_parser("add", help="prints the id")
    add.add_argument("resource", help="an id of clinic.yml, like physician-1")
    add.add_argument("start", type=datetime.fromisoformat, help="clinic-local time, 2026-12-01T09:00")
    add.add_argument("end", type=datetime.fromisoformat)
    add.add_argument("--reason")
    add.set_defaults(run=_away)
    remove = away.add_parser("remove", help="back again")
    remove.add_argument("absence")
    remove.set_defaults(run=_back)
    away.add_parser("list", help="who and what is away").set_defaults(run=_absences)


def _close(office: Office, asked: argparse.Namespace) -> int:
    office.locations(asked.location)

    def work(book: Book) -> list[Booking]:
        for day in asked.days:
            book.closures.close(day, asked.location, asked.reason)
            book.audit.note(office.now(), "staff", "close", day.isoformat(), None, {"location": asked.location})
        return _visits(office, book, asked.days, asked.location)

    _tell_affected(office.storage.write(work))
    return 0


def _open(office: Office, asked: argparse.Namespace) -> int:
    def work(book: Book) -> int:
        for day in asked.days:
            book.audit.note(office.now(), "staff", "open", day.isoformat(), None, {"location": asked.location})
        return sum(book.closures.open(day, asked.location) for day in asked.days)

    print(f"{office.storage.write(work)} closures taken back")
    return 0


def _closures(office: Office, _: argparse.Namespace) -> int:
    for day, location, reason in office.storage.read(lambda book: book.closures.listed()):
        print(f"{day}  {location or 'all locations':<16} {reason or ''}")
    return 0


def _away(office: Office, asked: argparse.Namespace) -> int:
    if asked.resource not in {thing.id for thing in office.clinic.resources}:
        raise sentences.invalid_request(f"{asked.resource} is no resource of clinic.yml.")
    zone = ZoneInfo(office.clinic.timezone)
    first, end = (cell.at(moment.replace(tzinfo=zone)) for moment in (asked.start, asked.end))
    if first >= end:
        raise sentences.invalid_request("The end must come after the start.")
    absence = new_id()

    def work(book: Book) -> list[Booking]:
        book.closures.send_away(absence, asked.resource, first, end, asked.reason)
        book.audit.note(office.now(), "staff", "away", asked.resource, None, {"absence": absence})
        return [one for one in book.bookings.between(first, end) if asked.resource in one.resources]

    affected = office.storage.write(work)
    print(absence)
    _tell_affected(affected)
    return 0


def _back(office: Office, asked: argparse.Namespace) -> int:
    if not office.storage.write(lambda book: book.closures.bring_back(asked.absence)):
        raise sentences.not_found()
    return 0


def _absences(office: Office, _: argparse.Namespace) -> int:
    zone = ZoneInfo(office.clinic.timezone)
    for absence, resource, first, end, reason in office.storage.read(lambda book: book.closures.away()):
        times = f"{cell.moment(first, zone):%Y-%m-%d %H:%M} to {cell.moment(end, zone):%Y-%m-%d %H:%M}"
        print(f"{absence}  {resource:<16} {times}  {reason or ''}")
    return 0


def _visits(office: Office, book: Book, days: list[date], location: str | None) -> list[Booking]:
    zone = ZoneInfo(office.clinic.timezone)
    span = cell.of_wall(zone, days[0], 0), cell.of_wall(zone, days[-1], 1440)
    return [one for one in book.bookings.between(*span, location=location) if one.open]


def _tell_affected(visits: list[Booking]) -> None:
    """Closing does not call visits off: that is for a person, who talks with each patient."""
    for one in visits:
        print(f"still booked: {one.id}  {one.local_start}  {one.location}  {one.service}")
    print(f"{len(visits)} visits are booked in that time" if visits else "no visit is booked in that time")
