"""`python -m scheduling list`: what is booked."""

from __future__ import annotations

import argparse
import json
from datetime import date, timedelta
from typing import Any

from scheduling import cell
from scheduling.booking import Booking
from scheduling.office import Office
from scheduling.storage import Book


def add_to(commands: Any) -> None:
    parser = commands.add_parser(
        "list", help="what is booked", description="Appointments that keep their time, soonest first."
    )
    parser.add_argument("--json", action="store_true", help="as a JSON array instead of a table")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, help="first local date (default: today)")
    parser.add_argument("--to", dest="last", type=date.fromisoformat, help="last local date (default: a year from now)")
    parser.add_argument("--location", help="one location's id (default: all)")
    parser.set_defaults(run=run)


def run(office: Office, asked: argparse.Namespace) -> int:
    first = asked.first or office.today() - timedelta(days=1)
    last = asked.last or office.today() + timedelta(days=366)
    for place in office.locations(asked.location):
        zone = office.rota.zone(place)
        break
    span = cell.of_wall(zone, first, 0), cell.of_wall(zone, last, 1440)
    rows = office.storage.read(
        lambda book: [_row(book, one) for one in book.bookings.between(*span, location=asked.location)]
    )
    if asked.json:
        print(json.dumps(rows, indent=2))
    else:
        for row in rows:
            print(
                f"{row['start']}  {row['location']:<12} {row['service']:<14} {row['status']:<10} {row['patient']['name']}"
            )
        print(f"{len(rows)} appointments from {first} to {last}")
    return 0


def _row(book: Book, one: Booking) -> dict[str, Any]:
    patient = book.patients.get(one.patient_id or "")
    return one.body() | {
        "resources": list(one.resources),
        "verified": one.verified,
        "patient": {
            "patient_id": one.patient_id,
            "name": patient.name if patient else "",
            "date_of_birth": patient.date_of_birth.isoformat() if patient else "",
            "phone": patient.phone if patient else "",
        },
    }
