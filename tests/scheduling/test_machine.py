"""A Hypothesis state machine over everything that changes the book; after every step the claims must be right."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from clinic import clock
from clinic.config import load
from scheduling import appointment, course, hold, retention, upkeep
from scheduling.appointment import Wanted
from scheduling.caller import STRANGER, Caller
from scheduling.course_plan import Wish
from scheduling.idempotency import Request
from scheduling.office import Office, new_id
from scheduling.person import details
from scheduling.problem import Problem
from scheduling.rota import Rota
from scheduling.sql.engine import SqlStorage, open_engine
from tests.scheduling.conftest import ENGINES, KEY, _rotas, copied
from tests.scheduling.invariants import check
from tests.scheduling.people import enter, somebody

_clinic = load(Path(__file__).parents[2] / "clinic.yml")

DAYS = st.sampled_from(["2026-12-01", "2026-12-02", "2026-12-03"])
TIMES = st.sampled_from(["09:00", "09:20", "09:30", "10:00", "10:30", "11:00"])
PLACES = st.sampled_from(["north-loop", "lakeside"])
OPEN_TO_ALL, KNOWN = st.just("consultation"), st.sampled_from(["follow-up", "mapping", "session"])


class Desk(RuleBasedStateMachine):
    """Random holds, bookings, moves, cancellations, courses and hours passing, by strangers and by two known patients."""

    holds = Bundle("holds")
    visits = Bundle("visits")
    courses = Bundle("courses")

    databases: Databases

    @initialize()
    def begin(self) -> None:
        self.url, self.minutes = self.databases.fresh(), 0
        self.engine = open_engine(self.url)
        self.office = Office(_clinic, SqlStorage(self.engine), KEY)
        self.office.__dict__["rota"] = _rotas.setdefault(id(_clinic), Rota(_clinic))
        self.known = [Caller((enter(self.office, sessions=8),)) for _ in range(2)]

    def slot(self, service: str, day: str, time: str, place: str) -> str:
        return f"{service}~{place}~{day}T{time}-06:00"

    @rule(target=holds, day=DAYS, time=TIMES, place=PLACES, conversation=st.sampled_from(["a", "b"]))
    def hold(self, day: str, time: str, place: str, conversation: str) -> str:
        try:
            slot = self.slot("consultation", day, time, place)
            return hold.place(self.office, slot, STRANGER, conversation, "web").id
        except Problem:
            return "0" * 32

    @rule(hold_id=holds)
    def release(self, hold_id: str) -> None:
        self.quietly(lambda: hold.release(self.office, hold_id))

    @rule(target=visits, hold_id=holds)
    def book_hold(self, hold_id: str) -> tuple[str, int | None]:
        return self.booked(Wanted(hold_id, None, self.person()), STRANGER, None)

    @rule(target=visits, day=DAYS, time=TIMES, place=PLACES)
    def book_slot(self, day: str, time: str, place: str) -> tuple[str, int | None]:
        return self.booked(Wanted(None, self.slot("consultation", day, time, place), self.person()), STRANGER, None)

    @rule(target=visits, service=KNOWN, day=DAYS, time=TIMES, place=PLACES, who=st.integers(0, 1))
    def book_known(self, service: str, day: str, time: str, place: str, who: int) -> tuple[str, int | None]:
        return self.booked(Wanted(None, self.slot(service, day, time, place), None), self.known[who], who)

    @rule(visit=visits, day=DAYS, time=TIMES, place=PLACES, service=KNOWN)
    def move(self, visit: tuple[str, int | None], day: str, time: str, place: str, service: str) -> None:
        if visit[1] is not None:
            wanted = Wanted(None, self.slot(service, day, time, place), None)
            caller = self.known[visit[1]]
            self.quietly(
                lambda: appointment.reschedule(self.office, visit[0], wanted, caller, None, Request(new_id(), "m", {}))
            )

    @rule(visit=visits)
    def cancel(self, visit: tuple[str, int | None]) -> None:
        if visit[1] is not None:
            caller, request = self.known[visit[1]], Request(None, "c", {})
            self.quietly(lambda: appointment.cancel(self.office, visit[0], caller, None, "ill", request))

    @rule(target=courses, who=st.integers(0, 1), count=st.integers(1, 8), pace=st.integers(1, 5))
    def book_course(self, who: int, count: int, pace: int) -> tuple[str, int]:
        try:
            caller = self.known[who]
            wish = Wish(count, pace, date(2026, 12, 1), minutes=(540, 720))
            plan = course.plan(self.office, caller, "session", "north-loop", wish)
            made = course.book(self.office, caller, plan["plan_id"], Request(new_id(), "k", {}))
        except Problem:
            return "0" * 32, who
        return str(made["course_id"]), who

    @rule(this=courses, verb=st.sampled_from(["extend", "make_up", "cancel_rest", "shift"]))
    def repair(self, this: tuple[str, int], verb: str) -> None:
        caller, request = self.known[this[1]], Request(new_id(), verb, {})
        if verb == "extend":
            self.quietly(lambda: course.extend(self.office, caller, this[0], 2, request))
        elif verb == "make_up":
            self.quietly(lambda: course.make_up(self.office, caller, this[0], request))
        elif verb == "cancel_rest":
            self.quietly(lambda: course.cancel_rest(self.office, caller, this[0], request))
        else:
            later = course.Shift(date(2026, 12, 1), None, (780, 1020), ())
            self.quietly(lambda: course.shift(self.office, caller, this[0], later, False, request))

    @rule(minutes=st.sampled_from([1, 6, 600]))
    def time_passes(self, minutes: int) -> None:
        self.minutes += minutes
        self.shift(minutes)
        upkeep.tick(self.office)

    @rule()
    def prune(self) -> None:
        retention.prune(self.office, 24)

    @invariant()
    def claims_are_right(self) -> None:
        if hasattr(self, "engine"):
            check(self.engine)

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()
            self.databases.drop(self.url)
            self.shift(-self.minutes)

    def shift(self, minutes: int) -> None:
        clock._clock._shift += timedelta(minutes=minutes)  # type: ignore[union-attr]

    def booked(self, wanted: Wanted, caller: Caller, who: int | None) -> tuple[str, int | None]:
        try:
            made = appointment.book(self.office, wanted, caller, Request(new_id(), "b", {}))
        except Problem:
            return "0" * 32, None
        return str(made["appointment_id"]), who

    def quietly(self, work: object) -> None:
        try:
            work()  # type: ignore[operator]
        except Problem:
            return

    def person(self) -> object:
        who = somebody()
        return details(who["name"], who["date_of_birth"], who["phone"], self.office.today())


class Databases:
    """Fresh databases for one machine after the other."""

    def __init__(self, fresh: Callable[[], str], drop: Callable[[str], None]) -> None:
        self.fresh, self.drop = fresh, drop


@pytest.fixture(params=ENGINES)
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")

        def folder() -> Path:
            return Path(tempfile.mkdtemp(dir=tmp_path))

        return Databases(lambda: copied(template, folder()), lambda url: shutil.rmtree(Path(url[10:]).parent))
    server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
    return Databases(
        lambda: server.new_database(template).replace("postgresql://", "postgresql+psycopg://"), server.drop
    )


@pytest.mark.parametrize(
    ("examples", "steps"), [(5, 20), pytest.param(150, 50, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])]
)
def test_whatever_is_done_the_claims_are_right(databases: Databases, examples: int, steps: int) -> None:
    machine = type("Here", (Desk,), {"databases": databases})
    rounds = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=rounds)
