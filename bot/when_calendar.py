"""Days of the calendar as sets of dates: weeks, months, weekdays and named days, seen from a given now.

Weeks run Monday to Sunday. Sets reach a little beyond the horizon, so that "too far" can be told from "not understood".
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from bot import duckling

Dates = frozenset[date]
HORIZON_DAYS = 180
NOTHING: Dates = frozenset()


def days(first: date, last: date) -> Dates:
    """Every date from `first` to `last`, both included; empty when `last` is earlier. At most two years."""
    count = min((last - first).days, 731)
    return frozenset(first + timedelta(days=i) for i in range(count + 1))


def month_days(year: int, month: int, first: int = 1, last: int = 31) -> Dates:
    """Days `first` … `last` of a month, cut to the month's length; `month` may run over 12 or under 1."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    length = calendar.monthrange(year, month)[1]
    return days(date(year, month, first), date(year, month, min(last, length)))


def following(part: str, day: date, calendar: Calendar) -> Dates:
    """What "the day after", "the week after" or "after that" (`part`) mean, counted from `day`."""
    if part in {"week", "week after"}:
        monday = calendar.monday(day) + timedelta(days=7 if part == "week after" else 0)
        return days(monday, monday + timedelta(days=6))
    if part == "before":
        return days(calendar.today, day - timedelta(days=1))
    first = day + timedelta(days=1)
    return frozenset({first}) if part == "day after" else calendar.ahead(first)


@dataclass
class Calendar:
    """The calendar from `now` (naive local time).

    `second` takes the other reading wherever words have two ("next Tuesday" on a Monday); `doubtful` is set when they had.
    """

    now: datetime
    second: bool = False
    doubtful: bool = field(default=False, init=False)

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def horizon(self) -> date:
        return self.today + timedelta(days=HORIZON_DAYS)

    def week(self, offset: int = 0) -> Dates:
        """Monday to Sunday; this week starts today."""
        monday = self.monday(self.today) + timedelta(weeks=offset)
        return days(max(monday, self.today) if offset == 0 else monday, monday + timedelta(days=6))

    @staticmethod
    def monday(day: date) -> date:
        return day - timedelta(days=day.weekday())

    def month(self, month: int, first: int = 1, last: int = 31) -> Dates:
        """Days of the next such month (1–12), the present one included; from today on."""
        year = self.today.year + (month < self.today.month)
        found = month_days(year, month, first, last)
        if year == self.today.year and month == self.today.month:
            return frozenset(d for d in found if d >= self.today)
        return found

    def ahead(self, first: date) -> Dates:
        return days(first, self.horizon)

    def weekday(self, weekday: int, which: str = "") -> date:
        """The date of a weekday (Monday 0). `which`: "" or "coming", the next one after today; "this", of this week while it
        lasts; "next", of next week, where the coming one of this week is the second reading."""
        coming = self.today + timedelta(days=(weekday - self.today.weekday() - 1) % 7 + 1)
        if which == "this":
            same = self.monday(self.today) + timedelta(days=weekday)
            return same if same >= self.today else coming
        if which == "next":
            far = self.monday(self.today) + timedelta(days=7 + weekday)
            if coming != far:
                self.doubtful = True
                return coming if self.second else far
            return far
        if which == "doubtful":  # "el martes que viene": the coming one, or next week's
            far = self.monday(self.today) + timedelta(days=7 + weekday)
            if coming != far:
                self.doubtful = True
                return far if self.second else coming
        return coming

    def month_day(self, month: int, day: int, year: int | None = None, weekday: int | None = None) -> date | None:
        """The next such date from today on, or the given year's; None when no year has it (Feb 30).

        A date of the last 60 days whose next return lies beyond the horizon stays in the past: "11/20" said on 11/23.
        A `weekday` that disagrees makes the words doubtful: the date first, the coming weekday second.
        """
        if year is not None:
            found = _date(year, month, day)
        else:
            found = next(
                (d for y in range(4) if (d := _date(self.today.year + y, month, day)) and d >= self.today), None
            )
            past = _date(self.today.year, month, day) or _date(self.today.year - 1, month, day)
            if found and past and found > self.horizon and 0 < (self.today - past).days <= 60:
                found = past
        return self._agreed(found, weekday)

    def day_of_month(self, day: int, weekday: int | None = None) -> date | None:
        """The next such day of a month from today on; with a weekday, the first within three months that is both."""
        choices = [
            d
            for i in range(5)
            if (
                d := _date(self.today.year + (self.today.month - 1 + i) // 12, (self.today.month - 1 + i) % 12 + 1, day)
            )
            and d >= self.today
        ]
        if weekday is not None:
            both = [d for d in choices[:3] if d.weekday() == weekday]
            if both:
                return both[0]
        return self._agreed(choices[0] if choices else None, weekday)

    def _agreed(self, found: date | None, weekday: int | None) -> date | None:
        if found is None or weekday is None or found.weekday() == weekday:
            return found
        self.doubtful = True
        return self.weekday(weekday) if self.second else found

    def months_later(self, count: int) -> date:
        month = self.today.month - 1 + count
        year, month = self.today.year + month // 12, month % 12 + 1
        return date(year, month, min(self.today.day, calendar.monthrange(year, month)[1]))

    def nth_weekday(self, nth: int, weekday: int, dates: Iterable[date]) -> date | None:
        """The nth such weekday among `dates`; −1 is the last."""
        found = sorted(d for d in dates if d.weekday() == weekday)
        try:
            return found[nth - 1 if nth > 0 else nth]
        except IndexError:
            return None

    def named(self, words: str) -> Dates:
        """A holiday or season by name, as Duckling knows it; empty when it does not."""
        return _named(words, self.today)


@lru_cache(maxsize=256)
def _named(words: str, today: date) -> Dates:
    for found in duckling.parse(words, datetime.combine(today, datetime.min.time())):
        value = found.value
        if value.get("type") == "value" and value.get("grain") == "day":
            return frozenset({duckling.wall_clock(value["value"]).date()})
        if value.get("type") == "interval" and "from" in value and "to" in value:
            first, end = (duckling.wall_clock(value[side]["value"]).date() for side in ("from", "to"))
            return days(max(first, today), end - timedelta(days=1))
    return NOTHING


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
