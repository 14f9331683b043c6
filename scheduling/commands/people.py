"""`patient`, `authorise`, `withdraw`: what staff enter about people."""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from typing import Any

from scheduling import person, retention, sentences
from scheduling.commands.arguments import printed
from scheduling.office import Office, new_id
from scheduling.person import STAFF, Patient
from scheduling.record import Authorisation
from scheduling.storage import Book


def add_to(commands: Any) -> None:
    patient = commands.add_parser("patient", help="enter, find, export or erase a patient").add_subparsers(
        dest="verb", required=True, metavar="add|find|export|erase"
    )
    add = patient.add_parser("add", help="enter a patient; prints the id")
    add.add_argument("--name", required=True)
    add.add_argument("--born", required=True, help="date of birth, YYYY-MM-DD")
    add.add_argument("--phone", required=True)
    add.add_argument("--email")
    add.add_argument("--language", choices=("en", "es"), default="en")
    add.set_defaults(run=_add)
    find = patient.add_parser("find", help="records of a phone number")
    find.add_argument("--phone", required=True)
    find.set_defaults(run=_find)
    export = patient.add_parser("export", help="everything that is kept of a patient, as JSON")
    export.add_argument("patient")
    export.set_defaults(run=lambda office, asked: printed(retention.export(office, asked.patient)))
    erase = patient.add_parser("erase", help="take a patient's details out and call off what is to come")
    erase.add_argument("patient")
    erase.add_argument("--yes", action="store_true", required=True, help="there is no way back")
    erase.set_defaults(run=_erase)

    allow = commands.add_parser("authorise", help="allow a patient a number of sessions; prints the id")
    allow.add_argument("--patient", required=True, help="the patient's id")
    allow.add_argument("--service", default="session")
    allow.add_argument("--sessions", type=int, required=True)
    allow.add_argument("--from", dest="first", type=date.fromisoformat, help="first local date (default: today)")
    allow.add_argument("--until", dest="last", type=date.fromisoformat, help="last local date (default: 180 days on)")
    allow.add_argument("--per-day", type=int, default=1, help="sessions a day, where the protocol says so (default 1)")
    allow.add_argument("--pause-minutes", type=int, default=0, help="between two sessions of a day")
    allow.set_defaults(run=_authorise)


def _add(office: Office, asked: argparse.Namespace) -> int:
    details = person.details(asked.name, asked.born, asked.phone, office.today())
    new = Patient(
        new_id(),
        details.name,
        details.date_of_birth,
        details.phone,
        STAFF,
        office.now(),
        asked.language,
        asked.email,
    )

    def work(book: Book) -> None:
        book.patients.add(new)
        book.audit.note(office.now(), "staff", "add_patient", new.id, new.id, {})

    office.storage.write(work)
    print(new.id)
    return 0


def _find(office: Office, asked: argparse.Namespace) -> int:
    number = person.number(asked.phone)
    for one in office.storage.read(lambda book: book.patients.by_phone(number)):
        print(f"{one.id}  {one.date_of_birth}  {one.origin:<7}  {one.name}")
    return 0


def _erase(office: Office, asked: argparse.Namespace) -> int:
    print(f"erased; {retention.erase(office, asked.patient)} visits called off")
    return 0


def _authorise(office: Office, asked: argparse.Namespace) -> int:
    service = office.service(asked.service)
    first = asked.first or office.today()
    new = Authorisation(
        new_id(),
        asked.patient,
        service.id,
        asked.sessions,
        first,
        asked.last or first + timedelta(days=180),
        asked.per_day,
        asked.pause_minutes,
        office.now(),
    )
    if not service.course or new.sessions < 1 or new.per_day < 1 or new.valid_until < new.valid_from:
        raise sentences.invalid_request(
            "Name a service that is a course, at least one session and a day, and a last date after the first."
        )

    def work(book: Book) -> None:
        if book.patients.get(asked.patient) is None:
            raise sentences.not_found()
        book.courses.add_authorisation(new)
        book.audit.note(office.now(), "staff", "authorise", new.id, new.patient_id, {"sessions": new.sessions})

    office.storage.write(work)
    print(new.id)
    return 0
