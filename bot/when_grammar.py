"""Day words in canonical text: "next tuesday", "week of the 14th", "before christmas", "mid january" → `DayWords`.

`DayWords.kind` says how the words combine with others: `dates` stand alone; `weekdays` ("tuesday", "any weekday") look for a
`period` (a week, a month, "before christmas") to lie in, and mean the next such days without one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from bot.when_calendar import NOTHING, Calendar, Dates, month_days
from bot.when_words import MONTHS

WD = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
MONTH = f"(?:{'|'.join(MONTHS)})"
NUM = r"(?:[12]\d|3[01]|[1-9])"
ORD = rf"(?:{NUM}(?:st|nd|rd|th))"
WHICH = r"(?:this coming|next coming|this upcoming|this|next|coming|upcoming|following|doubtful|last|past|previous)"


@dataclass(frozen=True)
class DayWords:
    """One stretch of day words, `start:end` in the canonical text.

    kind: "dates", "weekdays" (their numbers in `weekdays`, Monday 0), "period" or "bound" (both hold `dates`).
    edge: for a bound, its own day ("by friday" → that friday) and whether the bound lies before it (`upto`).
    every: repeated by the words themselves ("mondays", "every weekday"). impossible: words that name no day, as written.
    """

    start: int
    end: int
    kind: str
    dates: Dates = NOTHING
    weekdays: frozenset[int] = frozenset()
    edge: date | None = None
    upto: bool = False
    every: bool = False
    impossible: str = ""
    part: str = ""  # the weekday named with the date, or "week"/"month"/"weekend" of a period


Rule = Callable[[re.Match[str], Calendar], "DayWords | None"]
_RULES: list[tuple[re.Pattern[str], Rule]] = []


def rule(pattern: str) -> Callable[[Rule], Rule]:
    """Register what follows as the meaning of `pattern`; one that ends in `(?=\\S)` goes on with further day words."""
    compiled = re.compile(r"(?:the )?(?:" + pattern + ")" + ("" if pattern.endswith(r"(?=\S)") else r"(?![\w:])"))

    def add(meaning: Rule) -> Rule:
        _RULES.append((compiled, meaning))
        return meaning

    return add


def made(m: re.Match[str], kind: str, dates: Dates, **more: object) -> DayWords | None:
    """Day words over the whole match, or None when they hold no date."""
    return DayWords(m.start(), m.end(), kind, dates, **more) if dates else None  # type: ignore[arg-type]


@cache
def _any() -> re.Pattern[str]:
    """Matches where any rule does. Most words begin no rule, and one look is cheaper than one for each."""
    return re.compile("|".join(pattern.pattern for pattern, _ in _RULES))


def single(text: str, at: int, calendar: Calendar) -> DayWords | None:
    """The longest day words that start exactly at `at` and are no bound and no range."""
    if not _any().match(text, at):
        return None
    best: DayWords | None = None
    for pattern, meaning in _RULES:
        m = pattern.match(text, at)
        if m and (best is None or m.end() > best.end):
            found = meaning(m, calendar)
            best = found or best
    return best


def resolved(words: DayWords, calendar: Calendar) -> Dates:
    """The dates the words mean on their own: the next such weekdays when they are only weekdays."""
    if words.kind != "weekdays":
        return words.dates
    dates = {calendar.weekday(w) for w in words.weekdays}
    if words.part == "range":  # "monday to wednesday": one run of days, not the rest of this week and the start of next
        first = min(words.weekdays) if 6 not in words.weekdays or 0 not in words.weekdays else 5
        start = calendar.weekday(first)
        dates = {start + timedelta(days=(w - first) % 7) for w in words.weekdays}
        if len(dates) >= 5:  # "monday to friday" is said of a week's rhythm: the next five such days
            dates = {calendar.weekday(w) for w in words.weekdays}
    return frozenset(dates)


def whole_month(inside: DayWords) -> Dates:
    """All days of the month that was named, the past ones too: the second week of this month is counted from its first."""
    first = max(inside.dates)
    return month_days(first.year, first.month) if inside.part == "month" else inside.dates
