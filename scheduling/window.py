"""When a patient would like to come: windows of time, parts of the day and weekdays, as one question to a local day.

Written as `FROM/TO`, half-open: local ISO minutes (`2026-11-24T12:00/2026-11-24T17:00`, in each location's own zone), ISO with
an offset (`2026-11-24T18:00Z/…`), dates (`2026-11-24/2026-11-25`), or a time of any day (`T16:00/T24:00`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clinic.config import WEEKDAYS

from scheduling import cell, sentences
from scheduling.rota import Day

PARTS = {"morning": (0, 12 * 60), "afternoon": (12 * 60, 17 * 60), "evening": (17 * 60, 24 * 60)}
"""Parts of the day in minutes after local midnight."""

_TIME = re.compile(r"^T(\d\d):(\d\d)(?::00)?$", re.ASCII)
_LOST_PLUS = re.compile(r" (?=\d\d:\d\d$)", re.ASCII)
MAX_WINDOWS = 40


@dataclass(frozen=True)
class Window:
    """Half-open. Either two moments (naive: local at each location) or two minutes of any day."""

    start: datetime | int
    end: datetime | int

    @property
    def daily(self) -> bool:
        """Whether it is a time of any day."""
        return isinstance(self.start, int)

    def mask(self, day: Day, zone: ZoneInfo) -> int:
        """The cells of a day that begin inside the window."""
        return self.within(day.base, day.size, day.day, zone)

    def within(self, base: int, size: int, day: date, zone: ZoneInfo) -> int:
        """The same of `size` cells from `base`; `day` is the one that a time of any day is meant on."""
        return cell.span_mask(_cell(self.start, day, zone) - base, min(_cell(self.end, day, zone) - base, size))


@dataclass(frozen=True)
class Wish:
    """Any of the windows (none: any time), and one of the parts of the day, and one of the weekdays."""

    windows: tuple[Window, ...] = ()
    parts: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()

    def mask(self, days: Sequence[Day], zone: ZoneInfo) -> int:
        """The cells of days in a row at which the patient would come, counted from the first one's base."""
        base, first = days[0].base, days[0].day
        size = days[-1].base + days[-1].size - base
        wanted = (1 << size) - 1
        if self.windows:
            dated = _any(window.within(base, size, first, zone) for window in self.windows if not window.daily)
            wanted = dated | _each(days, [window for window in self.windows if window.daily], zone)
        if self.parts:
            wanted &= _each(days, [Window(*PARTS[part]) for part in self.parts], zone)
        if self.weekdays:
            chosen = [day for day in days if WEEKDAYS[day.day.weekday()] in self.weekdays]
            wanted &= _any(((1 << day.size) - 1) << (day.base - base) for day in chosen)
        return wanted

    def extent(self, zone: ZoneInfo) -> tuple[date, date] | None:
        """First and last local date that can match, when every window has a date."""
        edges = [(w.start, w.end) for w in self.windows]
        if not edges:
            return None
        firsts, lasts = [], []
        for start, end in edges:
            if isinstance(start, int) or isinstance(end, int):
                return None
            firsts.append(_local(start, zone).date())
            lasts.append((_local(end, zone) - timedelta(minutes=1)).date())
        return min(firsts), max(lasts)


def parse(texts: Sequence[str], parts: Sequence[str] = (), weekdays: Sequence[str] = ()) -> Wish:
    """Read what a caller wrote. Raises `invalid_window`."""
    if len(texts) > MAX_WINDOWS or any(part not in PARTS for part in parts):
        raise sentences.invalid_window()
    if any(day not in WEEKDAYS for day in weekdays):
        raise sentences.invalid_window()
    return Wish(tuple(_window(text) for text in texts), tuple(parts), tuple(weekdays))


def _window(text: str) -> Window:
    start, slash, end = text.partition("/")
    if not slash:
        raise sentences.invalid_window()
    window = Window(_edge(start), _edge(end))
    if isinstance(window.start, int) != isinstance(window.end, int):
        raise sentences.invalid_window()
    if isinstance(window.start, datetime) and isinstance(window.end, datetime):
        if (window.start.tzinfo is None) != (window.end.tzinfo is None) or window.start >= window.end:
            raise sentences.invalid_window()
    elif isinstance(window.start, int) and isinstance(window.end, int) and window.start >= window.end:
        raise sentences.invalid_window()
    return window


def _edge(text: str) -> datetime | int:
    if match := _TIME.match(text):
        minute = int(match[1]) * 60 + int(match[2])
        if minute > 1440 or int(match[2]) > 59:
            raise sentences.invalid_window()
        return minute
    text = _LOST_PLUS.sub("+", text)
    end_of_day = text.endswith("T24:00")
    try:
        moment = datetime.fromisoformat(text[:-6] if end_of_day else text)
    except ValueError as error:
        raise sentences.invalid_window() from error
    if not 1971 <= moment.year <= 2500:
        raise sentences.invalid_window()
    return moment + timedelta(days=1) if end_of_day else moment


def _cell(edge: datetime | int, day: date, zone: ZoneInfo) -> int:
    if isinstance(edge, int):
        return cell.of_wall(zone, day, edge + -edge % cell.MINUTES)
    return cell.at(edge if edge.tzinfo else edge.replace(tzinfo=zone))


def _local(edge: datetime, zone: ZoneInfo) -> datetime:
    return edge.astimezone(zone) if edge.tzinfo else edge.replace(tzinfo=zone)


def _each(days: Sequence[Day], windows: Sequence[Window], zone: ZoneInfo) -> int:
    """Times of any day, on each of the days."""
    if not windows:
        return 0
    base = days[0].base
    return _any(_any(window.mask(day, zone) for window in windows) << (day.base - base) for day in days)


def _any(masks: Iterable[int]) -> int:
    total = 0
    for mask in masks:
        total |= mask
    return total
