"""Planning a course: which free starts fit a wish, week by week, and which days had to be skipped and why. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from clinic.config import WEEKDAYS, VisitType

from scheduling import availability, cell
from scheduling.booking import LIVE, Booking, Busy
from scheduling.office import Office
from scheduling.problem import Conflict
from scheduling.record import Authorisation
from scheduling.rota import Day
from scheduling.slot import Slot
from scheduling.storage import Book
from scheduling.window import Window

SPREAD = {1: ("wed",), 2: ("tue", "thu"), 3: ("mon", "wed", "fri"), 4: ("mon", "tue", "thu", "fri")}
"""Weekdays for so many sessions a week, when the patient named none."""

ME = "patient"


@dataclass(frozen=True)
class Wish:
    """`minutes`: earliest start and latest end of a session, in minutes of the local day; `away`: dates, both included."""

    count: int
    per_week: int
    start: date
    weekdays: tuple[str, ...] = ()
    minutes: tuple[int, int] = (0, 1440)
    away: tuple[tuple[date, date], ...] = ()
    max_gap_days: int | None = None

    def days(self) -> tuple[str, ...]:
        return self.weekdays or SPREAD.get(self.per_week, WEEKDAYS)

    def is_away(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.away)

    def kept(self) -> dict[str, Any]:
        """What an extension of the course needs to know."""
        return {
            "per_week": self.per_week,
            "weekdays": list(self.weekdays),
            "minutes": list(self.minutes),
            "away": [[first.isoformat(), last.isoformat()] for first, last in self.away],
        }


def from_kept(kept: dict[str, Any], count: int, start: date) -> Wish:
    """The wish of a course again, for more sessions."""
    low, high = kept.get("minutes", (0, 1440))
    away = tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in kept.get("away", ()))
    return Wish(count, kept.get("per_week", 5), start, tuple(kept.get("weekdays", ())), (low, high), away)


@dataclass
class Plan:
    """Slots in order of time with the resources that were free; `skipped`: date to closed, full, away or own_visit."""

    slots: list[Slot] = field(default_factory=list)
    resources: list[tuple[str, ...]] = field(default_factory=list)
    skipped: dict[date, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        dates = [slot.local.date() for slot in self.slots]
        same = Counter(self.resources).most_common(1)
        return {
            "sessions": [slot.body() for slot in self.slots],
            "skipped": [{"date": day, "reason": why} for day, why in sorted(self.skipped.items()) if day <= dates[-1]],
            "first_day": dates[0],
            "last_day": dates[-1],
            "longest_gap_days": max(((b - a).days for a, b in pairwise(dates)), default=0),
            "same_resources": same[0][1] if same else 0,
        }


class Planner:
    """Free starts for one patient at one location, with the visits in `aside` taken out: they are about to move."""

    def __init__(
        self,
        office: Office,
        book: Book,
        service: VisitType,
        location: str,
        allowed: Authorisation,
        patient_ids: Sequence[str],
        first: date,
        aside: Sequence[Booking] = (),
    ) -> None:
        self.office, self.service, self.location, self.allowed = office, service, location, allowed
        self.zone = office.rota.zone(location)
        self.range = availability.bookable(office.rota, office.now())
        self.last = min(allowed.valid_until, office.rota.today(location, self.range.horizon))
        self.first = max(first, allowed.valid_from, office.rota.today(location, self.range.soonest))
        start, end = cell.of_wall(self.zone, self.first, 0), cell.of_wall(self.zone, self.last, 1440)
        self.busy: Busy = book.bookings.busy(start, max(end, start), office.now())
        self.closures = book.closures.on(self.first, max(self.last, self.first))
        moving = {one.id for one in aside}
        for one in aside:
            self.busy.forget(one)
        self.mine: Counter[date] = Counter()
        for one in book.bookings.of_patients(patient_ids):
            if one.status in LIVE and one.id not in moving:
                self.busy.add(ME, one.start, one.end)
                if one.service == service.id:
                    self.mine[one.slot.local.date()] += 1
        self.visit = service.minutes // cell.MINUTES
        self.whole = self.visit + service.buffer_minutes // cell.MINUTES

    def plan(self, wish: Wish) -> Plan:
        """The whole course, or course_partial_impossible with how many sessions are possible."""
        made = Plan()
        week: list[tuple[Day, int]] = []
        day, end = self.first, self.last
        while day <= end and len(made.slots) < wish.count:
            free = self._day(day, wish, made)
            if free:
                week.append(free)
            if day.weekday() == 6 or day == end:
                self._fill(made, wish, week)
                week = []
            day += timedelta(days=1)
        if len(made.slots) < wish.count:
            raise impossible(len(made.slots), wish.count, self.office.phone)
        dates = [slot.local.date() for slot in made.slots]
        gap = max(((b - a).days for a, b in pairwise(dates)), default=0)
        if wish.max_gap_days is not None and gap > wish.max_gap_days:
            raise impossible(len(made.slots), wish.count, self.office.phone, gap)
        return made

    def on(self, day: date, wish: Wish, made: Plan) -> bool:
        """Plan one session on this very day; False when there is no room."""
        free = self._day(day, wish, made)
        return bool(free) and self._take(made, wish, *free) if free else False

    def _day(self, day: date, wish: Wish, made: Plan) -> tuple[Day, int] | None:
        """The day and its free starts, or None with the reason noted."""
        if WEEKDAYS[day.weekday()] not in wish.days():
            return None
        this = self.office.rota.day(self.location, day)
        if wish.is_away(day):
            made.skipped[day] = "away"
        elif not this.open or (day, None) in self.closures or (day, self.location) in self.closures:
            made.skipped[day] = "closed"
        elif self.mine[day] >= self.allowed.per_day:
            made.skipped[day] = "own_visit"
        elif free := self._starts(this, wish):
            return this, free
        else:
            made.skipped[day] = "full"
        return None

    def _starts(self, this: Day, wish: Wish) -> int:
        pattern = self.office.rota.stretch(self.location, self.service, this.day, this.day)
        free = availability.free_starts(pattern, self.service, self.busy)
        inside = Window(*wish.minutes).mask(this, self.zone)
        idle = cell.span_mask(0, this.size + self.whole) & ~self.busy.of(ME, this.base)
        free &= cell.runs(inside, self.visit) & cell.runs(idle, self.whole)
        allowed = cell.span_mask(self.range.soonest - this.base, self.range.horizon - this.base)
        return free & allowed

    def _fill(self, made: Plan, wish: Wish, week: list[tuple[Day, int]]) -> None:
        """Spread the week's sessions evenly over its free days."""
        wanted = min(wish.per_week, wish.count - len(made.slots))
        on_days = min(-(-wanted // self.allowed.per_day), len(week))
        step = (len(week) - 1) / (on_days - 1) if on_days > 1 else 0
        left = wanted
        for this, free in [week[round(number * step)] for number in range(on_days)]:
            for _ in range(min(self.allowed.per_day, left)):
                if self._take(made, wish, this, free):
                    left -= 1
                free = self._starts(this, wish) & ~self._pause(this, made)

    def _pause(self, this: Day, made: Plan) -> int:
        """Starts that are too close to the sessions already planned on this day."""
        gap = self.allowed.gap_minutes // cell.MINUTES
        mask = 0
        for slot in made.slots:
            at = slot.start - this.base
            if 0 <= at < this.size:
                mask |= cell.span_mask(at - self.visit - gap + 1, at + self.visit + gap)
        return mask

    def _take(self, made: Plan, wish: Wish, this: Day, free: int) -> bool:
        if not free:
            return False
        like = made.slots[-1].local if made.slots else None
        wanted = like.hour * 12 + like.minute // 5 if like else wish.minutes[0] // 5
        start = this.base + min(cell.bits(free), key=lambda bit: (abs(bit - wanted), bit))
        slot = Slot(self.service.id, self.location, start, self.service.minutes, str(self.zone))
        prefer = made.resources[-1] if made.resources else ()
        chosen = availability.pick(self.office.rota, self.service, slot, self.busy, prefer)
        if chosen is None:
            return False
        for resource in (*chosen, ME):
            self.busy.add(resource, start, start + self.whole)
        self.mine[this.day] += 1
        made.slots.append(slot)
        made.resources.append(chosen)
        return True


def impossible(possible: int, wanted: int, phone: str, gap: int | None = None) -> Conflict:
    return Conflict(
        "course_partial_impossible",
        f"We found room for {possible} of {wanted} sessions within those wishes"
        + (f", with a pause of {gap} days. " if gap else ". ")
        + f"Please widen the times or days, or call us at {phone}.",
        f"Encontramos lugar para {possible} de {wanted} sesiones con esos deseos"
        + (f", con una pausa de {gap} días. " if gap else ". ")
        + f"Amplíe los horarios o días, o llámenos al {phone}.",
        409,
        extra={"possible": possible, "wanted": wanted},
    )
