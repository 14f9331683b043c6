"""Days and clock times of one clause brought together: "tue or thu morning", "the 8th at 9:30 or the 9th at 1:15" → groups.

A group is a set of dates (None: any day) and the stretches of the day on each of them (None: the whole day).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.when_calendar import Calendar, Dates, days, following
from bot.when_clocks import MIDNIGHT, ClockWords, shifted
from bot.when_grammar import DayWords, resolved
from bot.when_items import Item

Span = tuple[int, int]
WHOLE: Span = (0, MIDNIGHT)


@dataclass(frozen=True)
class Group:
    """dates × spans (minutes of the day). `until`: on this one date the day ends at that minute ("by friday noon").

    `loose`: weekdays that no week was named for; a week named elsewhere in the message may still hold them.
    `asks`: "time" or "day"/"week" taken from another appointment ("same time", "same day", "that week").
    """

    dates: Dates | None
    spans: tuple[Span, ...] | None
    loose: frozenset[int] = frozenset()
    period: bool = False
    until: tuple[date, int] | None = None
    asks: frozenset[str] = frozenset()


def groups(items: Sequence[Item], calendar: Calendar) -> list[Group]:
    """The groups that the items of one clause mean; all items have the same role."""
    runs = _runs(_bound_weekdays(_without_doubles(list(items)), calendar))
    out: list[Group] = []
    i = 0
    if len(runs) == 3 and runs[0][0].clock and runs[2][0].clock:  # "mornings on tuesday after 9"
        runs = [runs[1], runs[0] + runs[2]]
    while i < len(runs):
        run, after = runs[i], runs[i + 1] if i + 1 < len(runs) else []
        if run[0].clock:
            out += _group(after, run, calendar)
            i += 2
        else:
            out += _group(run, after, calendar)
            i += 2
    return out


def _without_doubles(items: list[Item]) -> list[Item]:
    """ "next tuesday, the 1st": one day said twice; and a weekday right before a date is part of it."""
    out: list[Item] = []
    for item in items:
        before = out[-1] if out else None
        if before and before.day and item.day and not re.search(r"\b(?:or|and|to)\b", item.gap) and len(item.gap) <= 6:
            first, second = before.day, item.day
            if (
                second.part == "date"
                and len(second.dates) == 1
                and next(iter(second.dates)).weekday() in first.weekdays
            ):
                out[-1] = item
                continue
            if (
                first.part == "date"
                and "," in item.gap
                and [d.day for d in first.dates] == [d.day for d in second.dates]
            ):
                out[-1] = item  # "the 23rd, the day before christmas eve"
                continue
            if (
                first.part == "date"
                and second.kind == "weekdays"
                and next(iter(first.dates), date.min).weekday() in second.weekdays
                and "on" not in item.gap
            ):
                continue
        out.append(item)
    return out


def _bound_weekdays(items: list[Item], calendar: Calendar) -> list[Item]:
    """Weekdays placed inside the week, month or bound that the clause names; two bounds become one stretch."""
    items = _one_stretch(items)
    periods = [i for i in items if i.day and i.day.kind in {"period", "bound"}]
    if not periods or not any(i.day and i.day.kind == "weekdays" for i in items):
        return items
    out, used = [], set()
    for n, item in enumerate(items):
        if not item.day or item.day.kind != "weekdays":
            out.append(item)
            continue
        near = min((p for p in periods), key=lambda p: abs(items.index(p) - n))
        assert near.day is not None
        inside = frozenset(d for d in near.day.dates if d.weekday() in item.day.weekdays)
        if not inside:
            out.append(item)
            continue
        used.add(id(near))
        out.append(replace(item, words=replace(item.day, kind="dates", dates=inside)))
    return [i for i in out if id(i) not in used]


def _one_stretch(items: list[Item]) -> list[Item]:
    out: list[Item] = []
    for item in items:
        before = out[-1] if out else None
        if (
            before and before.day and item.day
            and "bound" in {before.day.kind, item.day.kind} and {before.day.kind, item.day.kind} <= {"bound", "period"}
            and not re.search(r"\bor\b", item.gap)
        ):  # fmt: skip
            both = _within_week(before.day, item.day) or before.day.dates & item.day.dates
            if both:
                out[-1] = replace(before, words=replace(before.day, kind="period", dates=both, end=item.day.end))
                continue
        out.append(item)
    return out


def _within_week(a: DayWords, b: DayWords) -> Dates:
    """ "next week after wednesday": the bare weekday of the bound is that week's."""
    bound, week = (a, b) if a.kind == "bound" else (b, a)
    if week.part != "week" or len(bound.weekdays) != 1:
        return frozenset()
    edge = next(iter(bound.weekdays))
    signs = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
    return frozenset(d for d in week.dates if signs.get(bound.part, operator.eq)(d.weekday(), edge))


def _runs(items: list[Item]) -> list[list[Item]]:
    runs: list[list[Item]] = []
    for item in items:
        if runs and (runs[-1][-1].day is None) == (item.day is None):
            runs[-1].append(item)
        else:
            runs.append([item])
    return runs


def _group(day_run: list[Item], clock_run: list[Item], calendar: Calendar) -> list[Group]:
    clocks = [i for i in clock_run if i.clock and i.clock.kind != "same"]
    asks = frozenset({"time"} if len(clocks) < len(clock_run) else set())
    spans = tuple(_spans(clocks)) or None
    dates: set[date] = set()
    loose: set[int] = set()
    period, any_day, until = False, False, None
    for item in day_run:
        day = item.day
        if day is None:
            continue
        if day.kind == "same" and dates:  # "back on the 28th, any time that week"
            dates = set(following(day.part, max(dates), calendar)) if day.part == "week" else dates
        elif day.kind == "same":
            asks |= {day.part}
        elif day.kind == "weekdays" and (day.part == "any day" or (day.part == "daily" and spans is None)):
            any_day = True
        elif day.kind == "weekdays":
            dates |= _every(day, calendar) if item.negative else resolved(day, calendar)
            loose |= day.weekdays
        else:
            dates |= day.dates
            period = period or day.kind in {"period", "bound"}
        if (
            day.kind == "bound"
            and day.upto
            and day.edge
            and len(clocks) == 1
            and clocks[0].clock
            and clocks[0].clock.kind in {"point", "before"}
        ):
            until = (day.edge, clocks[0].clock.first if clocks[0].clock.kind == "point" else clocks[0].clock.last)
    if until:
        return [Group(frozenset(dates) | {until[0]}, None, until=until, period=True)]
    if any_day and not dates:
        loose = set(range(7))
        return [Group(None, spans, frozenset(loose), asks=asks)]
    if not dates and spans is None and not asks:
        return []
    return [Group(frozenset(dates) if day_run and dates else None, spans, frozenset(loose), period, asks=asks)]


def _every(day: DayWords, calendar: Calendar) -> Dates:
    return frozenset(
        d for d in days(calendar.today, calendar.horizon + timedelta(days=7)) if d.weekday() in day.weekdays
    )


def _spans(run: Sequence[Item]) -> list[Span]:
    found: list[ClockWords] = []
    part: ClockWords | None = next((i.clock for i in run if i.clock and i.clock.kind == "part"), None)
    for item in run:
        clock = item.clock
        assert clock is not None
        listed = bool(re.search(r"\bor\b|,|\band\b|/", item.gap))
        alike = bool(found) and found[-1].kind == clock.kind and clock.kind in {"point", "part", "near", "range"}
        if item.negative:
            found.append(clock)
            continue
        if found and not (alike and listed) and not re.search(r"\bor\b", item.gap):
            met = shifted(clock, found[-1]) if found[-1].kind == "part" else shifted(found[-1], clock)
            if met:
                found[-1] = met
                continue
            if {found[-1].kind, clock.kind} in (
                {"part", "point"},
                {"part", "near"},
            ):  # "6 in the afternoon": the hour counts
                found[-1] = clock if clock.kind != "part" else found[-1]
                continue
        if (
            part
            and clock is not part
            and clock.bare
            and clock.kind in {"point", "near", "range"}
            and not re.search(r"\bor\b", item.gap if clock.kind != "point" else "")
        ):
            clock = shifted(clock, part) or clock
        found.append(clock)
    return [(c.first, c.last) for c in found]
