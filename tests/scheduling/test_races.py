"""Two patients, one chair: races of 32 clients on both engines. `office` checks the invariants after each."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from clinic.config import Clinic
from scheduling import appointment, availability, hold
from scheduling.appointment import Wanted
from scheduling.availability import Query
from scheduling.booking import Busy
from scheduling.caller import STRANGER, Caller
from scheduling.idempotency import Request
from scheduling.office import Office
from scheduling.person import details
from scheduling.problem import Problem
from scheduling.window import Wish
from tests.postgres import Server
from tests.scheduling.conftest import Process, Travel, open_office
from tests.scheduling.invariants import check
from tests.scheduling.people import enter, first_slot, somebody

CLIENTS, CUTTING = 32, 8
SLOT = "consultation~north-loop~2026-12-01T14:00-06:00"


def race(count: int, work: Callable[[int], Any]) -> Counter[str]:
    """Run `work` in `count` threads at the same moment; counts results: `ok`, or the code of the refusal."""
    gate = threading.Barrier(count)

    def one(number: int) -> str:
        gate.wait()
        try:
            work(number)
        except Problem as problem:
            return problem.code
        return "ok"

    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(one, range(count)))


def book(office: Office, slot_id: str | None = None, hold_id: str | None = None, key: str | None = None) -> Any:
    who = somebody()
    person = details(who["name"], who["date_of_birth"], who["phone"], office.today())
    wanted = Wanted(hold_id, slot_id, person)
    name = key or f"key-{who['phone']}"
    return appointment.book(office, wanted, STRANGER, Request(name, "book", {"slot": slot_id, "hold": hold_id}))


def test_two_patients_one_chair_exactly_one_wins(office: Office) -> None:
    assert race(CLIENTS, lambda _: book(office, SLOT)) == {"ok": 1, "slot_taken": CLIENTS - 1}


def test_two_sets_of_resources_exactly_two_holds_win(office: Office) -> None:
    clinic = replace(
        office.clinic,
        visit_types=tuple(replace(kind, self_book="anyone") for kind in office.clinic.visit_types),
    )
    shared = Office(clinic, office.storage, office.signing_key)
    slot = "session~north-loop~2026-12-01T09:00-06:00"
    won = race(CLIENTS, lambda n: hold.place(shared, slot, STRANGER, f"c{n}", "web"))
    assert won == {"ok": 2, "slot_taken": CLIENTS - 2}


def test_overlapping_visits_of_different_lengths_never_share_the_physician(office: Office) -> None:
    clinic = replace(
        office.clinic,
        visit_types=tuple(replace(kind, self_book="anyone") for kind in office.clinic.visit_types),
    )
    shared = Office(clinic, office.storage, office.signing_key)
    wanted = [
        f"{kind}~north-loop~2026-12-01T{hour:02}:{minute:02}-06:00"
        for kind in ("consultation", "mapping", "follow-up")
        for hour in (9, 10)
        for minute in (0, 30)
    ]
    counts = race(36, lambda n: book(shared, wanted[n % len(wanted)]))
    assert counts["ok"] >= 2
    assert set(counts) == {"ok", "slot_taken"}


def test_an_expired_hold_is_taken_over_by_exactly_one(office: Office, travel: Travel) -> None:
    hold.place(office, SLOT, STRANGER, "slow", "web")
    assert race(4, lambda _: book(office, SLOT)) == {"slot_taken": 4}
    travel("2026-11-25T09:06")
    assert race(CLIENTS, lambda _: book(office, SLOT)) == {"ok": 1, "slot_taken": CLIENTS - 1}


def test_the_same_key_32_times_books_once_and_answers_the_same(office: Office) -> None:
    held = hold.place(office, SLOT, STRANGER, "c1", "web")
    answers: list[Any] = []

    def again(_: int) -> None:
        answers.append(book(office, hold_id=held.id, key=f"book:{held.id}"))

    assert race(CLIENTS, again) == {"ok": CLIENTS}
    assert all(answer == answers[0] for answer in answers)
    first = office.today().toordinal() * 288 - 719163 * 288
    assert len(office.storage.read(lambda b: b.bookings.between(first, first + 288 * 30))) == 1


def test_one_hold_booked_with_different_keys_becomes_one_appointment(office: Office) -> None:
    held = hold.place(office, SLOT, STRANGER, "c1", "web")
    assert race(CLIENTS, lambda n: book(office, hold_id=held.id, key=f"k{n}")) == {"ok": 1, "hold_used": CLIENTS - 1}


def test_a_conversation_never_has_two_holds(office: Office) -> None:
    slots = [f"consultation~north-loop~2026-12-0{day}T{hour:02}:00-06:00" for day in (1, 2) for hour in range(9, 16)]
    race(14, lambda n: hold.place(office, slots[n], STRANGER, "same", "web"))
    assert len(office.storage.read(lambda b: b.bookings.held_by("same"))) == 1


def test_more_than_two_open_visits_per_phone_number_never_win_a_race(office: Office) -> None:
    slots = [f"consultation~north-loop~2026-12-0{day}T{hour:02}:00-06:00" for day in (1, 2) for hour in range(9, 16)]
    who = somebody()
    person = details(who["name"], who["date_of_birth"], who["phone"], office.today())

    def one(number: int) -> Any:
        return appointment.book(
            office, Wanted(None, slots[number], person), STRANGER, Request(f"k{number}", "book", {"n": number})
        )

    assert race(14, one) == {"ok": 2, "too_many_open": 12}


def test_over_http_two_patients_one_chair_exactly_one_wins(server: Process) -> None:
    slot_id = first_slot(server.client)
    gate = threading.Barrier(CLIENTS)

    def one(number: int) -> tuple[int, str]:
        gate.wait()
        answer = server.client.post(
            "/v1/appointments",
            json={"slot_id": slot_id, "patient": somebody()},
            headers={"Idempotency-Key": f"race-{number}"},
        )
        return answer.status_code, answer.json().get("code", "booked")

    with ThreadPoolExecutor(CLIENTS) as pool:
        counts = Counter(pool.map(one, range(CLIENTS)))
    assert counts == {(201, "booked"): 1, (409, "slot_taken"): CLIENTS - 1}


KILLED = """
import os, sys, signal
sys.path.insert(0, {root!r})
from sqlalchemy import text
from clinic import clock
from clinic.config import load
from scheduling.sql.engine import SqlStorage, open_engine
from scheduling.sql import bookings
from scheduling.office import Office
from scheduling import hold
from scheduling.caller import STRANGER
clock.start("America/Chicago")
office = Office(load({clinic!r}), SqlStorage(open_engine({url!r})), "k" * 20)
claim = bookings.SqlBookings._claim
def and_die(self, owner, pairs):
    claim(self, owner, pairs)
    rows = self._db.execute(text("SELECT count(*) FROM claim WHERE booking_id = :it"), {{"it": owner.id}}).scalar_one()
    print(rows, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
bookings.SqlBookings._claim = and_die
hold.place(office, {slot!r}, STRANGER, "dead", "web")
"""


def test_killed_between_claim_and_commit_leaves_nothing_behind(database_url: str, sample: Any, office: Office) -> None:
    root = Path(__file__).parents[2]
    code = KILLED.format(root=str(root), clinic=str(root / "clinic.yml"), url=database_url, slot=SLOT)
    dead = subprocess.run(
        [sys.executable, "-c", code], check=False, timeout=300, env=dict(os.environ), cwd=root, stdout=subprocess.PIPE
    )
    assert dead.returncode == -signal.SIGKILL
    assert int(dead.stdout) == 13, "its claims were written: an hour of the physician, and its conversation"
    with open_office(database_url, sample) as again:
        check(again.storage.engine)  # type: ignore[attr-defined]
        assert book(again, SLOT)["status"] == "booked"


def test_a_server_killed_under_load_keeps_every_booking_it_confirmed(server: Process) -> None:
    slots = server.client.get("/v1/slots", params={"service": "consultation", "limit": 60}).json()["slots"]
    told: dict[str, str] = {}

    def one(number: int) -> None:
        body = {"slot_id": slots[number]["slot_id"], "patient": somebody()}
        try:
            answer = server.client.post("/v1/appointments", json=body, headers={"Idempotency-Key": f"load-{number}"})
        except Exception:
            return
        if answer.status_code == 201:
            told[answer.json()["appointment_id"]] = f"load-{number}"

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(one, number) for number in range(60)]
        while len(told) < 6:
            time.sleep(0.005)
        server.kill()
        for job in jobs:
            job.result()
    server.start()
    assert told
    for appointment_id, key in told.items():
        kept = server.client.get(f"/v1/appointments/{appointment_id}", headers={"Idempotency-Key": key})
        assert kept.status_code == 200
        assert kept.json()["status"] == "booked"


@pytest.mark.postgres
def test_lost_connections_lose_no_booking_and_book_none_twice(
    postgres: Server,
    postgres_template: str,
    sample: Clinic,
) -> None:
    """Some are cut in the journey that carries the writes and the commit, when nobody knows whether it was kept."""
    url = postgres.new_database(postgres_template).replace("postgresql://", "postgresql+psycopg://")
    with open_office(url, sample) as office:
        found = availability.search(office.rota, _nothing_taken(), _consultations(office), office.now())
        slots = [slot.slot_id for slot in found if slot.start % 12 == 0]
        done, ended, finished = threading.Event(), [], threading.Semaphore(0)

        def one(slot: str) -> None:
            book(office, slot, key=f"cut:{slot}")
            finished.release()

        def cut() -> None:
            """However slow the machine, a booking is cut at times, not always: two of each client pass between the cuts."""
            nonlocal ended
            with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
                while True:
                    for _ in range(2 * CUTTING):
                        finished.acquire()
                    if done.is_set():
                        return
                    ended += connection.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                        "AND pid <> pg_backend_pid() AND random() < 0.3"
                    ).fetchall()

        cutter = threading.Thread(target=cut)
        cutter.start()
        booked: list[str] = []
        try:
            for batch in itertools.batched(slots, 48):
                said = race(CUTTING, lambda n, of=batch: [one(slot) for slot in of[n::CUTTING]])
                assert said == {"ok": CUTTING}
                booked += batch
                if len(ended) > 8:
                    break
        finally:
            done.set()
            finished.release(2 * CUTTING)
            cutter.join()
            office.storage.engine.dispose()  # the checks below do not try again, as the service does
        assert len(ended) > 8
        first = found[0].start
        kept = office.storage.read(lambda b: b.bookings.between(first, first + 288 * 200))
        assert sorted(one.slot.slot_id for one in kept) == sorted(booked)


def _consultations(office: Office) -> Query:
    return Query(office.service("consultation"), list(office.rota.places), Wish(), 10_000)


def _nothing_taken() -> Any:
    busy = SimpleNamespace(busy=lambda first, end, now: Busy(first))
    return SimpleNamespace(bookings=busy, closures=SimpleNamespace(on=lambda first, last: set()))


def test_cancel_against_reschedule_ends_in_one_of_both_never_in_between(office: Office) -> None:
    caller = Caller((enter(office),))
    for number in range(2):
        slot = f"follow-up~north-loop~2026-12-0{1 + number % 2}T09:{30 * (number // 2):02}-06:00"
        made = appointment.book(office, Wanted(None, slot, None), caller, Request(f"book-{number}", "b", {}))
        name = str(made["appointment_id"])
        target = Wanted(None, f"follow-up~north-loop~2026-12-07T1{number}:00-06:00", None)

        def change(turn: int, name: str = name, target: Wanted = target) -> None:
            if turn % 2:
                appointment.cancel(office, name, caller, None, "ill", Request(None, "c", {}))
            else:
                appointment.reschedule(office, name, target, caller, None, Request(f"{name}-{turn}", "m", {}))

        counts = race(CLIENTS, change)
        assert set(counts) <= {"ok", "not_changeable"}
        final = appointment.read(office, name, caller, None, None)
        assert final["status"] == "cancelled"


def test_two_visits_swap_places_or_stay(office: Office) -> None:
    """Each wants the other's time: no deadlock may last, and nobody may lose their visit."""
    callers = [Caller((enter(office),)) for _ in range(2)]
    slots = [f"follow-up~north-loop~2026-12-01T{hour}:00-06:00" for hour in (10, 11)]
    names = [
        str(
            appointment.book(office, Wanted(None, slots[n], None), callers[n], Request(f"s{n}", "b", {}))[
                "appointment_id"
            ]
        )
        for n in range(2)
    ]

    def swap(turn: int) -> None:
        who = turn % 2
        wanted = Wanted(None, slots[1 - who], None)
        appointment.reschedule(office, names[who], wanted, callers[who], None, Request(f"swap-{turn}", "m", {}))

    race(CLIENTS, swap)
    kept = [appointment.read(office, names[n], callers[n], None, None) for n in range(2)]
    assert {one["status"] for one in kept} == {"booked"}
    assert kept[0]["start"] != kept[1]["start"]
