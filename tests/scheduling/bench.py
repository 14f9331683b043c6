"""`python -m tests.scheduling.bench [--small]`: measures scheduling and prints one JSON line. Needs PostgreSQL's programs.

Times are milliseconds, rates per second; `cpu` is processor time of our process, which other work on the machine stretches less. PostgreSQL runs with fsync on, SQLite with synchronous=FULL, each on its own files.
`search` answers all free starts of 180 days (nothing stops it early); `search_1m` the same with 1,000,000 claims in the table.
`http_bookings` are whole bookings of distinct slots by 32 clients over HTTP; `bookings` the same without HTTP.
`naive` is check-then-insert on the same engine in the same run, `ratio` ours to its throughput.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select

from clinic import clock
from clinic.config import load
from scheduling import appointment, availability, cell, course, hold
from scheduling.appointment import Wanted
from scheduling.availability import Query
from scheduling.booking import BOOKED, Booking
from scheduling.caller import STRANGER, Caller
from scheduling.course_plan import Wish
from scheduling.idempotency import Request
from scheduling.office import Office, new_id
from scheduling.person import details
from scheduling.slot import Slot
from scheduling.sql.engine import SqlStorage, open_engine
from scheduling.sql.migrate import upgrade
from scheduling.sql.tables import claim
from scheduling.window import Wish as Windows
from tests.postgres import Server
from tests.scheduling.conftest import KEY, NOW, TOKEN, Process
from tests.scheduling.people import enter, somebody

CLIENTS = 32
MILLION = 1_000_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="fewer rounds and no million: for a quick look")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    asked = parser.parse_args()
    os.environ |= {"TEST_MODE": "1", "TEST_NOW": NOW}
    clock.start("America/Chicago")
    result: dict[str, Any] = {"cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 1)}
    with tempfile.TemporaryDirectory() as folder, Server(durable=True) as server:
        for name in asked.engine or ("sqlite", "postgresql"):
            number = iter(range(100))

            def fresh(name: str = name, number: Iterator[int] = number) -> str:
                if name == "sqlite":
                    return f"sqlite:///{folder}/{next(number)}.db"
                return server.new_database().replace("postgresql://", "postgresql+psycopg://")

            result[name] = measure(fresh, Path(folder), asked.small)
    print(json.dumps(result))
    return 0


def measure(fresh: Callable[[], str], folder: Path, small: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with office_over(fresh()) as office:
        fill_half(office)
        rounds = 20 if small else 60
        say("search")
        found["search"] = percentiles(lambda _: search(office), rounds)
        found["search_first_20"] = percentiles(lambda _: search(office, 20), rounds)
        say("courses")
        found |= courses(office, 10 if small else 30)
        if not small:
            say("a million claims")
            fill_past(office)
            found["search_1m"] = percentiles(lambda _: search(office), rounds)
            found["search_1m_ratio"] = round(found["search_1m"]["p95"] / found["search"]["p95"], 2)
            found["claims"] = count(office)
    per_client = 6 if small else 20
    with office_over(fresh()) as office:
        say("bookings")
        found["bookings"] = bookings(office, per_client)
    say("bookings over HTTP")
    found["http_bookings"] = http_bookings(fresh(), folder, per_client)
    say("against check-then-insert")
    found["naive"] = against_naive(fresh(), fresh())
    return found


@contextmanager
def office_over(url: str) -> Iterator[Office]:
    engine = open_engine(url)
    upgrade(engine, lambda line: None)
    office = Office(load(Path(__file__).parents[2] / "clinic.yml"), SqlStorage(engine), KEY)
    office.rota.warm(office.today())
    yield office
    engine.dispose()


def percentiles(work: Callable[[int], Any], rounds: int) -> dict[str, float]:
    times, processor = [], []
    for number in range(rounds):
        started, worked = time.perf_counter(), time.process_time()
        work(number)
        times.append((time.perf_counter() - started) * 1000)
        processor.append((time.process_time() - worked) * 1000)
    return spread(times) | {"cpu": round(sorted(processor)[rounds // 2], 1)}


def spread(times: list[float]) -> dict[str, float]:
    times = sorted(times)
    return {
        "min": round(times[0], 1),
        "p50": round(times[len(times) // 2], 1),
        "p95": round(times[int(len(times) * 0.95)], 1),
    }


def search(office: Office, limit: int = 100_000) -> list[Slot]:
    query = Query(office.service("session"), list(office.rota.places), Windows(), limit)
    now = office.now()
    return office.storage.read(lambda book: availability.search(office.rota, book, query, now))


def visits(office: Office, first: date, days: int, every_other: bool) -> Iterator[Booking]:
    """Sessions on every chair, back to back or every other one."""
    service = office.service("session")
    for day in (first + timedelta(n) for n in range(days)):
        for place, sets in (("north-loop", "nl"), ("lakeside", "ls")):
            this = office.rota.day(place, day)
            starts = list(cell.bits(office.rota.starts(place, service, day)))[:: 4 if every_other else 2]
            for number in (1, 2):
                for bit in starts:
                    slot = Slot("session", place, this.base + bit, 40, "America/Chicago")
                    resources = (f"chair-{sets}-{number}", f"operator-{sets}-{number}")
                    yield replace(hold.new(office, slot, resources, "web", None), status=BOOKED, expires_at=None)


def fill_half(office: Office) -> None:
    made = list(visits(office, office.today(), 180, every_other=True))
    office.storage.write(lambda book: book.bookings.add_all(made))


def fill_past(office: Office) -> None:
    """Claims of the years before, up to a million in the table."""
    day, missing = office.today() - timedelta(days=14), MILLION - count(office)
    while missing > 0:
        made = list(visits(office, day, 13, every_other=False))
        office.storage.write(lambda book, made=made: book.bookings.add_all(made))
        missing -= sum(len(one.claims()) for one in made)
        day -= timedelta(days=14)


def count(office: Office) -> int:
    with office.storage.engine.connect() as connection:  # type: ignore[attr-defined]
        return int(connection.execute(select(func.count()).select_from(claim)).scalar_one())


def courses(office: Office, rounds: int) -> dict[str, Any]:
    callers = [Caller((enter(office, sessions=36),)) for _ in range(rounds)]
    wish = Wish(36, 5, date(2026, 12, 1), minutes=(9 * 60, 15 * 60))
    plans: dict[int, str] = {}

    def plan(number: int) -> None:
        made = course.plan(office, callers[number], "session", "north-loop", wish)
        plans[number] = made["plan_id"]

    found: dict[str, Any] = {"plan_36": percentiles(plan, rounds)}
    times = []
    for number in range(rounds):
        plan(number)
        started = time.perf_counter()
        made = course.book(office, callers[number], plans[number], Request(new_id(), "c", {}))
        times.append((time.perf_counter() - started) * 1000)
        course.cancel_rest(office, callers[number], made["course_id"], Request(new_id(), "x", {}))
    found["book_36"] = spread(times)
    return found


def distinct(office: Office, wanted: int) -> list[str]:
    """Starts of consultations that do not overlap."""
    query = Query(office.service("consultation"), list(office.rota.places), Windows(), 100_000)
    now = office.now()
    free = office.storage.read(lambda book: availability.search(office.rota, book, query, now))
    found: list[Slot] = []
    for slot in free:
        if not found or slot.start >= found[-1].end:
            found.append(slot)
    return [slot.slot_id for slot in found[:wanted]]


def bookings(office: Office, per_client: int) -> dict[str, Any]:
    slots = distinct(office, CLIENTS * per_client)
    people = [somebody() for _ in slots]
    today = office.today()

    def one(number: int) -> None:
        who = people[number]
        person = details(who["name"], who["date_of_birth"], f"{200 + number}-555-0100", today)
        appointment.book(
            office, Wanted(None, slots[number], person), STRANGER, Request(f"b{number}", "b", {"n": number})
        )

    return together(one, len(slots))


def http_bookings(url: str, folder: Path, per_client: int) -> dict[str, Any]:
    with office_over(url) as office:
        slots = distinct(office, CLIENTS * per_client)
    var = Path(tempfile.mkdtemp(dir=folder))
    process = Process(var, url)
    local = threading.local()

    def one(number: int) -> None:
        if not hasattr(local, "http"):
            local.http = http.client.HTTPConnection("127.0.0.1", process.port, timeout=60)
        who = somebody() | {"phone": f"{200 + number}-555-0100"}
        headers = {
            "Authorization": f"Bearer {TOKEN}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"h{number}",
        }
        body = json.dumps({"slot_id": slots[number], "patient": who})
        local.http.request("POST", "/v1/appointments", body, headers)
        answer = local.http.getresponse()
        text = answer.read()
        if answer.status != 201:
            raise AssertionError(text)

    try:
        before = psutil.Process(process.process.pid).cpu_times()
        found = together(one, len(slots))
        after = psutil.Process(process.process.pid).cpu_times()
        spent = after.user + after.system - before.user - before.system
        return found | {"server_cpu_ms": round(spent * 1000 / len(slots), 1)}
    finally:
        process.stop()


def together(one: Callable[[int], None], total: int) -> dict[str, Any]:
    """Run `one` for every number by 32 clients."""
    errors: list[str] = []
    times: list[float] = []

    def timed(number: int) -> None:
        started = time.perf_counter()
        try:
            one(number)
        except Exception as error:
            errors.append(repr(error)[:200])
        times.append((time.perf_counter() - started) * 1000)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _: time.sleep(0.01), range(CLIENTS)))
        started = time.perf_counter()
        list(pool.map(timed, range(total)))
        took = time.perf_counter() - started
    found: dict[str, Any] = {"per_s": round(total / took, 1), "bookings": total, "errors": len(errors)}
    if errors:
        found["first_error"] = errors[0]
    return found | spread(times)


def against_naive(ours_url: str, naive_url: str) -> dict[str, Any]:
    """480 random visits on 2 chairs by 8 clients: check-then-insert, and our claims, with nothing else around them."""
    rng = random.Random(7)
    wanted = [(rng.choice(("chair-nl-1", "chair-nl-2")), rng.randrange(480), rng.randrange(4, 13)) for _ in range(480)]
    engine = open_engine(naive_url)
    naive = Table(
        "naive", MetaData(), Column("id", String(32), primary_key=True), Column("resource", String(32), index=True),
        Column("first", Integer), Column("stop", Integer),
    )  # fmt: skip
    naive.metadata.create_all(engine)

    def check_then_insert(number: int) -> None:
        resource, first, length = wanted[number]
        overlap = (naive.c.resource == resource, naive.c.first < first + length, naive.c.stop > first)
        with engine.execution_options(reads_only=True).begin() as connection:
            taken = connection.execute(select(func.count()).select_from(naive).where(*overlap)).scalar_one()
        if not taken:
            with engine.begin() as connection:
                row = {"id": new_id(), "resource": resource, "first": first, "stop": first + length}
                connection.execute(insert(naive), row)

    with office_over(ours_url) as office:
        base = 6_000_000

        def ours(number: int) -> None:
            resource, first, length = wanted[number]
            slot = Slot("session", "north-loop", base + first, length * 5, "America/Chicago")
            made = replace(hold.new(office, slot, (resource,), "web", None), status=BOOKED, end=slot.end)

            def work(book: Any) -> None:
                busy = book.bookings.busy(made.start, made.end, office.now())
                if not busy.of(resource, made.start) & ((1 << length) - 1):
                    book.bookings.add(made)

            office.storage.write(work)

        rates: dict[str, list[float]] = {"naive": [], "ours": []}
        for name, work in (("naive", check_then_insert), ("ours", ours)):
            with ThreadPoolExecutor(8) as pool:
                started = time.perf_counter()
                list(pool.map(work, range(len(wanted))))
                rates[name].append(len(wanted) / (time.perf_counter() - started))
        taken = office.storage.read(lambda book: book.bookings.between(base, base + 600))
        ours_spans = [(one.resources[0], one.start, one.end) for one in taken]
    with engine.connect() as connection:
        rows = connection.execute(select(naive.c.resource, naive.c.first, naive.c.stop))
        naive_spans = [(row.resource, row.first, row.stop) for row in rows]
    engine.dispose()
    return {
        "naive_overlaps": overlaps(naive_spans),
        "ours_overlaps": overlaps(ours_spans),
        "naive_per_s": round(rates["naive"][0]),
        "ours_per_s": round(rates["ours"][0]),
        "ratio": round(rates["ours"][0] / rates["naive"][0], 2),
    }


def overlaps(spans: list[tuple[str, int, int]]) -> int:
    return sum(
        1
        for number, (resource, first, stop) in enumerate(spans)
        for other, begin, end in spans[:number]
        if resource == other and first < end and begin < stop
    )


def say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
