"""The search with its long masks against a slow reference that asks each wall time of each day whether a visit fits there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from clinic.config import Clinic, Location, Resource, Span, VisitType
from scheduling import availability, cell, hold, rota
from scheduling.availability import Query
from scheduling.booking import BOOKED, HELD, Busy
from scheduling.office import Office, new_id
from scheduling.rota import Rota
from scheduling.slot import Slot
from scheduling.sql.tables import absence
from scheduling.window import PARTS, Window, Wish

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = ("America/Chicago", "America/New_York", "Europe/Madrid", "America/Havana", "Australia/Lord_Howe")
"""Havana changes its clocks at midnight, Lord Howe by half an hour."""

MOMENTS = ("2027-03-09T16:03", "2026-10-27T05:00", "2026-12-22T14:58", "2027-04-01T00:00")
"""Near the changes of clocks of one half of the world or the other, and before Christmas."""

UTC = timezone.utc


@dataclass
class Scene:
    """A clinic, what is taken in it (resource, first moment, end), the days off of staff, and a question."""

    clinic: Clinic
    taken: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    closed: set[tuple[date, str | None]] = field(default_factory=set)
    now: int = 0
    query: Any = None

    def book(self) -> Any:
        """What `search` needs to know of a Book."""

        def busy(first: int, end: int, now: int) -> Busy:
            found = Busy(first)
            for resource, begin, until in self.taken:
                found.add(resource, max(cell.at(begin), first), min(cell.at(until), end))
            return found

        return SimpleNamespace(
            bookings=SimpleNamespace(busy=busy),
            closures=SimpleNamespace(on=lambda first, last: {one for one in self.closed if first <= one[0] <= last}),
        )


def reference(scene: Scene) -> list[tuple[str, datetime]]:
    """(location, moment of the start) of every time that may be offered, by the letter of the rules."""
    query, rules = scene.query, scene.clinic.booking
    now = datetime.fromtimestamp(scene.now, UTC)
    soonest = now + timedelta(minutes=rules.notice_minutes)
    horizon = datetime.fromtimestamp(-(-scene.now // 300) * 300, UTC) + timedelta(days=rules.horizon_days)
    found = []
    for place in scene.clinic.locations:
        if place.id not in query.locations:
            continue
        zone = ZoneInfo(place.timezone)
        day = now.astimezone(zone).date()
        while day <= horizon.astimezone(zone).date():
            for start in grid(scene, place, query.service, day):
                moment = datetime.combine(day, datetime.min.time(), zone) + timedelta(minutes=start)
                if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
                    continue  # a clock change skips it
                moment = moment.astimezone(UTC)
                if (
                    soonest <= moment < horizon
                    and fits(scene, place, day, moment)
                    and wished(query.wish, day, moment, zone)
                ):
                    found.append((place.id, moment))
            day += timedelta(days=1)
    order = [place.id for place in scene.clinic.locations]
    found = sorted(set(found), key=lambda one: (one[1], order.index(one[0])))
    if query.after:
        found = [one for one in found if (cell.at(one[1]), order.index(one[0])) > query.after]
    return found[: query.limit]


def grid(scene: Scene, place: Location, kind: VisitType, day: date) -> Iterator[int]:
    """Minutes after midnight at which the clinic's grid has a start: nothing on days off."""
    if any(off.day == day and off.location in (None, place.id) for off in scene.clinic.closures):
        return
    if (day, None) in scene.closed or (day, place.id) in scene.closed:
        return
    if day.isoformat()[5:] in ("12-25", "01-01"):
        return
    for span in place.hours.get(WEEKDAYS[day.weekday()], ()):
        yield from range(span.start, span.end, kind.every_minutes)


def fits(scene: Scene, place: Location, day: date, start: datetime) -> bool:
    """The clinic is open, and of each kind one resource works and is free."""
    kind = scene.query.service
    end = start + timedelta(minutes=kind.minutes)
    buffered = end + timedelta(minutes=kind.buffer_minutes)
    if not within(place.hours, place.timezone, day, start, end):
        return False

    def can(thing: Resource) -> bool:
        if place.id not in thing.works:
            return False
        hours = thing.works[place.id]
        if hours and not within(hours, place.timezone, day, start, end):
            return False
        return not any(name == thing.id and first < buffered and start < last for name, first, last in scene.taken)

    return all(any(thing.kind == need and can(thing) for thing in scene.clinic.resources) for need in kind.needs)


def within(hours: Any, tz: str, day: date, start: datetime, end: datetime) -> bool:
    """Whether a time lies in the hours of a local day, the hours' ends being turned into moments by themselves."""
    spans = hours.get(WEEKDAYS[day.weekday()], ())
    return any(wall(tz, day, span.start) <= start and end <= wall(tz, day, span.end) for span in spans)


@cache
def wall(tz: str, day: date, minute: int) -> datetime:
    whole_day, rest = divmod(minute, 1440)
    midnight = datetime.combine(day + timedelta(days=whole_day), datetime.min.time())
    return (midnight + timedelta(minutes=rest)).replace(tzinfo=ZoneInfo(tz)).astimezone(UTC)


def wished(wish: Wish, day: date, moment: datetime, zone: ZoneInfo) -> bool:
    def inside(window: Window) -> bool:
        start, end = window.start, window.end
        if isinstance(start, int) or isinstance(end, int):
            return wall(str(zone), day, int(start)) <= moment < wall(str(zone), day, int(end))  # type: ignore[call-overload]
        first, last = (edge if edge.tzinfo else edge.replace(tzinfo=zone) for edge in (start, end))
        return first <= moment < last

    return (
        (not wish.windows or any(map(inside, wish.windows)))
        and (not wish.parts or any(inside(Window(*PARTS[part])) for part in wish.parts))
        and (not wish.weekdays or WEEKDAYS[day.weekday()] in wish.weekdays)
    )


@st.composite
def hours(draw: st.DrawFn) -> dict[str, tuple[Span, ...]]:
    spans = st.sampled_from(
        [(Span(0, 1440),), (Span(540, 1020),), (Span(0, 210),), (Span(480, 720), Span(780, 1440)), (Span(60, 185),)]
    )
    usual, odd = draw(spans), draw(st.dictionaries(st.sampled_from(WEEKDAYS), st.just(()) | spans, max_size=2))
    return dict.fromkeys(WEEKDAYS, usual) | odd


@st.composite
def scenes(draw: st.DrawFn, sample: Clinic) -> Scene:
    places = tuple(
        replace(sample.locations[n], timezone=draw(st.sampled_from(ZONES)), hours=draw(hours())) for n in range(2)
    )
    kind = replace(
        sample.visit_types[0],
        minutes=draw(st.sampled_from([5, 30, 40, 90])),
        every_minutes=draw(st.sampled_from([15, 20, 60])),
        buffer_minutes=draw(st.sampled_from([0, 15])),
        needs=draw(st.sampled_from([("chair",), ("chair", "operator"), ("physician", "chair")])),
    )
    names = [(need, f"{need}-{n}") for need in ("chair", "operator", "physician") for n in (1, 2)]
    works = st.fixed_dictionaries({places[0].id: st.just({}) | hours()}, optional={places[1].id: st.just({}) | hours()})
    things = tuple(Resource(name, need, name, draw(works)) for need, name in names)
    now = datetime.fromisoformat(draw(st.sampled_from(MOMENTS))).replace(tzinfo=ZoneInfo("America/Chicago"))
    days = st.integers(0, 12).map(lambda n: now.date() + timedelta(days=n))
    clinic = replace(
        sample, locations=places, visit_types=(kind,), resources=things, closures=(), holidays_country="US",
        holidays_observed=("Christmas Day", "New Year's Day"),
        booking=replace(sample.booking, horizon_days=12, notice_minutes=draw(st.sampled_from([0, 7, 120]))),
    )  # fmt: skip
    cells = st.integers(-20, 12 * 288)
    base = now.astimezone(UTC).replace(minute=0)
    spans = st.tuples(st.sampled_from([name for _, name in names]), cells, st.integers(1, 60))
    taken = [
        (name, base + timedelta(minutes=5 * first), base + timedelta(minutes=5 * (first + length)))
        for name, first, length in draw(st.lists(spans, max_size=25))
    ]
    closed = draw(st.sets(st.tuples(days, st.sampled_from([None, places[0].id, places[1].id])), max_size=4))
    minutes = st.integers(0, 12 * 1440).map(lambda n: now.replace(tzinfo=None) + timedelta(minutes=n))
    dated = st.tuples(minutes, minutes).filter(lambda two: two[0] < two[1]).map(lambda two: Window(*two))
    aware = dated.map(lambda w: Window(w.start.replace(tzinfo=UTC), w.end.replace(tzinfo=UTC)))  # type: ignore[union-attr]
    times = st.integers(0, 1440)
    daily = st.tuples(times, times).filter(lambda two: two[0] < two[1]).map(lambda two: Window(*two))
    wish = Wish()
    if draw(st.booleans()):
        wish = Wish(
            tuple(draw(st.lists(dated | aware | daily, max_size=3))),
            tuple(draw(st.sets(st.sampled_from(list(PARTS)), max_size=2))),
            tuple(draw(st.sets(st.sampled_from(WEEKDAYS), max_size=6))),
        )
    where = draw(st.sampled_from([[places[0].id], [places[0].id, places[1].id]]))
    after = draw(st.none() | st.tuples(st.integers(0, 4 * 288).map(lambda n: cell.at(base) + n), st.integers(0, 1)))
    query = Query(kind, where, wish, draw(st.sampled_from([10_000, 10_000, 5, 1])), after)
    return Scene(clinic, taken, closed, int(now.timestamp()), query)


@pytest.mark.parametrize("examples", [40, pytest.param(1500, marks=pytest.mark.soak)])
def test_the_search_finds_exactly_what_the_rules_allow(sample: Clinic, examples: int) -> None:
    settings(max_examples=examples)(given(scenes(sample))(agree))()


def agree(scene: Scene) -> None:
    found: Sequence[Slot] = availability.search(Rota(scene.clinic), scene.book(), scene.query, scene.now)
    told = [(slot.location, datetime.fromtimestamp(slot.start * 300, UTC)) for slot in found]
    assert told == reference(scene)


def test_the_soonest_is_first_also_where_the_day_begins_elsewhere(sample: Clinic) -> None:
    """Two locations half a day apart: the dates of a piece of the search are not the same time at both."""
    far = replace(sample.locations[1], timezone="Australia/Lord_Howe")
    things = [Resource(f"p{n}", "physician", "P", {place.id: {}}) for n, place in enumerate(sample.locations)]
    clinic = replace(sample, locations=(sample.locations[0], far), resources=tuple(things))
    moment = int(datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("America/Chicago")).timestamp())
    query = Query(sample.visit_types[0], [place.id for place in clinic.locations], Wish(), 10_000)
    found = availability.search(Rota(clinic), Scene(clinic).book(), query, moment)
    assert [slot.start for slot in found] == sorted(slot.start for slot in found)
    assert {slot.location for slot in found} == {"north-loop", "lakeside"}


def test_the_days_in_a_row_are_the_single_days(sample: Clinic) -> None:
    """Across both changes of clocks, and again after the memory was thrown away."""
    here, kind = Rota(sample), sample.visit_types[1]
    for _ in range(2):
        for first in (date(2026, 10, 28), date(2027, 3, 10)):
            whole = here.stretch("north-loop", kind, first, first + timedelta(days=13))
            for n in range(14):
                single = here.stretch("north-loop", kind, first + timedelta(days=n), first + timedelta(days=n))
                shift, cut = single.base - whole.base, (1 << single.size) - 1
                assert whole.starts >> shift & cut == single.starts
                for need, masks in whole.fits.items():
                    assert {
                        name: mask >> shift & cut for name, mask in masks.items() if mask >> shift & cut
                    } == single.fits[need]
        for known in (here._days, here._single, here._stretches):
            known.clear()


def test_the_memory_of_a_rota_is_bounded(sample: Clinic) -> None:
    here, kind, day = Rota(sample), sample.visit_types[0], date(2026, 12, 1)
    for n in range(2, 3 * rota.KEPT_STRETCHES):
        here.stretch("north-loop", kind, day, day + timedelta(days=n))
    assert len(here._stretches) <= rota.KEPT_STRETCHES


def test_what_is_busy_is_every_live_visit_and_absence_and_nothing_else(office: Office) -> None:
    """Neighbours without a gap, different sets with one resource in common, lapsed holds, overlapping absences, cut ends."""
    now, base = office.now(), office.now() // 300 + 3000
    spans = [(0, 8, "a b"), (8, 16, "a b"), (20, 28, "b"), (30, 42, "a c"), (-150, -30, "c"), (95, 110, "a b")]
    lapsed = [(44, 50, "a")]
    made = []
    for number, (first, end, resources) in enumerate(spans + lapsed):
        slot = Slot("session", "north-loop", base + first, (end - first) * 5, "America/Chicago")
        one = hold.new(office, slot, tuple(resources.split()), "web", None)
        old = number >= len(spans)
        made.append(replace(one, end=slot.end, status=HELD if old else BOOKED, expires_at=now if old else None))
    away = [("a", 60, 70), ("a", 65, 75), ("c", -500, 5), ("b", 90, 5000)]
    office.storage.write(lambda book: book.bookings.add_all(made))
    with office.storage.engine.begin() as connection:  # type: ignore[attr-defined]
        rows = [{"id": new_id(), "resource": name, "first_cell": base + first, "end_cell": base + end, "reason": None}
                for name, first, end in away]  # fmt: skip
        connection.execute(insert(absence), rows)
    found = office.storage.read(lambda book: book.bookings.busy(base, base + 100, now))
    everything = [(name, first, end) for first, end, names in spans for name in names.split()] + away
    for name in "abc":
        should = {n for thing, first, end in everything if thing == name for n in range(max(first, 0), min(end, 100))}
        assert {n for n in range(100) if found.of(name, base) >> n & 1} == should
