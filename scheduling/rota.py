"""Which cells of a local day are open, who works in them, and where visits may start: the clinic's rules, without bookings.

A day is described by masks: bit n is the n-th cell after the day's first (`base`, local midnight). Days on which a clock
changes have 276 or 300 cells and come out right because every wall time is turned into UTC by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import holidays
from clinic.config import WEEKDAYS, Clinic, Hours, Location, VisitType

from scheduling import cell

KEPT_DAYS = 6000


@dataclass(frozen=True)
class Day:
    """One local day of one location. `works` has a mask for every resource that may work there."""

    day: date
    base: int
    size: int
    open: int
    works: Mapping[str, int]


class Rota:
    """The rules of one clinic, worked out per day and remembered. Closures that staff entered are not in here."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.places = {place.id: place for place in clinic.locations}
        self.services = {kind.id: kind for kind in clinic.visit_types}
        self._days: dict[tuple[str, date], Day] = {}
        self._starts: dict[tuple[str, str, date], int] = {}

    @cached_property
    def kinds(self) -> Mapping[str, tuple[str, ...]]:
        """Kind of resource to the ids of that kind, in the order of clinic.yml."""
        found: dict[str, list[str]] = {}
        for thing in self.clinic.resources:
            found.setdefault(thing.kind, []).append(thing.id)
        return {kind: tuple(ids) for kind, ids in found.items()}

    def zone(self, location: str) -> ZoneInfo:
        return ZoneInfo(self.places[location].timezone)

    def today(self, location: str, now_cell: int) -> date:
        """The local date at a location."""
        return cell.moment(now_cell, self.zone(location)).date()

    def day(self, location: str, day: date) -> Day:
        """The masks of one local day; nothing is open on holidays and on closures of clinic.yml."""
        key = (location, day)
        if key not in self._days:
            if len(self._days) > KEPT_DAYS:
                self._days.clear()
            self._days[key] = self._work_out(self.places[location], day)
        return self._days[key]

    def starts(self, location: str, service: VisitType, day: date) -> int:
        """Cells at which a visit may start: every `every_minutes` of the wall clock after opening, ending by closing."""
        key = (location, service.id, day)
        if key not in self._starts:
            if len(self._starts) > KEPT_DAYS:
                self._starts.clear()
            self._starts[key] = self._grid(self.places[location], service, day)
        return self._starts[key]

    def warm(self, first: date) -> None:
        """Work out every day of the horizon, so that the first patient does not wait for it."""
        for day in days(first, first + timedelta(days=self.clinic.booking.horizon_days + 1)):
            for place in self.places:
                for service in self.clinic.visit_types:
                    self.starts(place, service, day)

    def _grid(self, place: Location, service: VisitType, day: date) -> int:
        this, zone, mask = self.day(place.id, day), ZoneInfo(place.timezone), 0
        if not this.open:
            return 0
        for span in place.hours.get(WEEKDAYS[day.weekday()], ()):
            for minute in range(span.start, span.end, service.every_minutes):
                if cell.exists(zone, day, minute):
                    mask |= 1 << (cell.of_wall(zone, day, minute) - this.base)
        return mask & cell.runs(this.open, service.minutes // cell.MINUTES)

    def _work_out(self, place: Location, day: date) -> Day:
        zone = ZoneInfo(place.timezone)
        base, end = cell.of_wall(zone, day, 0), cell.of_wall(zone, day, 1440)

        def mask(hours: Hours) -> int:
            total = 0
            for span in hours.get(WEEKDAYS[day.weekday()], ()):
                total |= cell.span_mask(
                    cell.of_wall(zone, day, span.start) - base, cell.of_wall(zone, day, span.end) - base
                )
            return total

        opened = 0 if self._day_off(place.id, day) else mask(place.hours)
        works = {
            thing.id: opened & (mask(thing.works[place.id]) if thing.works[place.id] else opened)
            for thing in self.clinic.resources
            if place.id in thing.works
        }
        return Day(day, base, end - base, opened, works)

    def _day_off(self, location: str, day: date) -> bool:
        if any(off.day == day and off.location in (None, location) for off in self.clinic.closures):
            return True
        if not self.clinic.holidays_country:
            return False
        names = _holidays(self.clinic.holidays_country, day.year).get(day, ())
        return any(name in self.clinic.holidays_observed for name in names)


_known: dict[tuple[str, int], Mapping[date, tuple[str, ...]]] = {}


def _holidays(country: str, year: int) -> Mapping[date, tuple[str, ...]]:
    """Date to names of public holidays of a year; a holiday moved to a weekday counts under its own name."""
    if (country, year) not in _known:
        calendar = holidays.country_holidays(country, years=[year], observed=True)
        _known[country, year] = {
            day: tuple(part.strip().removesuffix(" (observed)") for part in names.split(";"))
            for day, names in calendar.items()
        }
    return _known[country, year]


def days(first: date, last: date) -> list[date]:
    """Every date from `first` to `last`, both included."""
    return [first + timedelta(n) for n in range((last - first).days + 1)]
