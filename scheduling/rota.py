"""Which cells of a local day are open, who works in them, and where visits may start: the clinic's rules, without bookings.

A day is described by masks: bit n is the n-th cell after the day's first (`base`, local midnight). Days on which a clock
changes have 276 or 300 cells and come out right because every wall time is turned into UTC by itself. Days in a row are put
together into a `Stretch`, so that half a year is searched with a few operations on long masks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import holidays
from clinic.config import WEEKDAYS, Clinic, Hours, Location, VisitType

from scheduling import cell

KEPT_DAYS = 6000
KEPT_STRETCHES = 64
KEPT_YEARS = 600


@dataclass(frozen=True)
class Day:
    """One local day of one location. `works` has a mask for every resource that may work there."""

    day: date
    base: int
    size: int
    open: int
    works: Mapping[str, int]


@dataclass(frozen=True)
class Stretch:
    """Local days in a row at one location, as one kind of visit sees them: masks counted from `base`, the first midnight.

    `starts`: where such a visit may start; `fits`: per kind of resource that it needs, of each resource that may work there
    the starts at which the visit lies within its working hours.
    """

    days: Sequence[Day]
    starts: int
    fits: Mapping[str, Mapping[str, int]]

    @property
    def base(self) -> int:
        return self.days[0].base

    @property
    def size(self) -> int:
        return self.days[-1].base + self.days[-1].size - self.base


class Rota:
    """The rules of one clinic, worked out per day and remembered. Closures that staff entered are not in here."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.places = {place.id: place for place in clinic.locations}
        self.services = {kind.id: kind for kind in clinic.visit_types}
        self._days: dict[tuple[str, date], Day] = {}
        self._single: dict[tuple[str, str, date], Stretch] = {}
        self._stretches: dict[tuple[str, str, date, date], Stretch] = {}

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
        return _kept(self._days, (location, day), KEPT_DAYS, lambda: self._work_out(self.places[location], day))

    def starts(self, location: str, service: VisitType, day: date) -> int:
        """Cells at which a visit may start: every `every_minutes` of the wall clock after opening, ending by closing."""
        return self.stretch(location, service, day, day).starts

    def stretch(self, location: str, service: VisitType, first: date, last: date) -> Stretch:
        """The days from `first` to `last`, both included."""
        if first == last:
            key = (location, service.id, first)
            return _kept(self._single, key, KEPT_DAYS, lambda: self._pattern(self.places[location], service, first))
        span = (location, service.id, first, last)
        return _kept(self._stretches, span, KEPT_STRETCHES, lambda: self._join(location, service, first, last))

    def warm(self, first: date) -> None:
        """Work out every day of the horizon, so that the first patient does not wait for it."""
        for day in days(first, first + timedelta(days=self.clinic.booking.horizon_days + 1)):
            for place in self.places:
                for service in self.clinic.visit_types:
                    self.starts(place, service, day)

    def _pattern(self, place: Location, service: VisitType, day: date) -> Stretch:
        this, visit = self.day(place.id, day), service.minutes // cell.MINUTES
        fits = {
            kind: {name: cell.runs(this.works[name], visit) for name in self.kinds[kind] if this.works.get(name)}
            for kind in service.needs
        }
        return Stretch((this,), self._grid(place, service, day), fits)

    def _join(self, location: str, service: VisitType, first: date, last: date) -> Stretch:
        singles = [self.stretch(location, service, day, day) for day in days(first, last)]
        base, starts = singles[0].base, 0
        fits: dict[str, dict[str, int]] = {kind: {} for kind in service.needs}
        for single in singles:
            shift = single.base - base
            starts |= single.starts << shift
            for kind, masks in single.fits.items():
                for name, mask in masks.items():
                    fits[kind][name] = fits[kind].get(name, 0) | mask << shift
        return Stretch([single.days[0] for single in singles], starts, fits)

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


def _kept[K, V](known: dict[K, V], key: K, most: int, make: Callable[[], V]) -> V:
    """A remembered value, or a new one. Never reads the dictionary twice: another thread may clear it in between."""
    value = known.get(key)
    if value is None:
        value = make()
        if len(known) >= most:
            known.clear()
        known[key] = value
    return value


_known: dict[tuple[str, int], Mapping[date, tuple[str, ...]]] = {}


def _holidays(country: str, year: int) -> Mapping[date, tuple[str, ...]]:
    """Date to names of public holidays of a year; a holiday moved to a weekday counts under its own name."""

    def work_out() -> Mapping[date, tuple[str, ...]]:
        calendar = holidays.country_holidays(country, years=[year], observed=True)
        return {
            day: tuple(part.strip().removesuffix(" (observed)") for part in names.split(";"))
            for day, names in calendar.items()
        }

    return _kept(_known, (country, year), KEPT_YEARS, work_out)


def days(first: date, last: date) -> list[date]:
    """Every date from `first` to `last`, both included."""
    return [first + timedelta(n) for n in range((last - first).days + 1)]
