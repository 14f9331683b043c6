"""Day words in canonical text: "next tuesday", "week of the 14th", "before christmas", "mid january" → `DayWords`.

`DayWords.kind` says how the words combine with others: `dates` stand alone; `weekdays` ("tuesday", "any weekday") look for a
`period` (a week, a month, "before christmas") to lie in, and mean the next such days without one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.when_calendar import NOTHING, Calendar, Dates, days, month_days
from bot.when_words import MONTHS, WEEKDAYS

WD = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
MONTH = f"(?:{'|'.join(MONTHS)})"
NUM = r"(?:[12]\d|3[01]|[1-9])"
ORD = rf"(?:{NUM}(?:st|nd|rd|th))"
WHICH = r"(?:this coming|next coming|this upcoming|this|next|coming|upcoming|following|doubtful|last|past|previous)"
HOLIDAY = (
    r"(?:christmas eve|christmas(?: day)?|thanksgiving(?: day)?|new years eve|new years(?: day)?|the new year|new year|mlk day|"
    r"mlk|martin luther king (?:jr )?day|presidents? day|valentines? day|valentines|st patricks day|easter monday|"
    r"easter(?: sunday)?|good friday|ash wednesday|palm sunday|memorial day|labor day|independence day|juneteenth|veterans day|"
    r"columbus day|indigenous peoples day|black friday|cyber monday|halloween|mothers day|fathers day|cinco de mayo|"
    r"super bowl sunday|groundhog day|passover|hanukkah|chanukah|ramadan|rosh hashanah|yom kippur|kwanzaa|diwali|"
    r"4th of july|july 4th|boxing day)"
)
# What follows an ordinal or a number makes it a count of something else: "the 3rd session", "2nd opinion".
NOT_A_DAY = (
    r"(?! ?(?:time|times|session|visit|appointment|treatment|opinion|floor|street|avenue|ave|st\b|grade|trimester|round|week|"
    r"month|year|quarter|one\b|person|try|choice|option|question|dose|day of|attempt|course|opening|available|slot|"
    r"[a-z]+day\b|shift|party|kid|child|baby|degree|half|of \d))"
)


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


def _rule(pattern: str) -> Callable[[Rule], Rule]:
    compiled = re.compile(r"(?:the )?(?:" + pattern + ")" + ("" if pattern.endswith(r"(?=\S)") else r"(?![\w:])"))

    def add(rule: Rule) -> Rule:
        _RULES.append((compiled, rule))
        return rule

    return add


def _made(m: re.Match[str], kind: str, dates: Dates, **more: object) -> DayWords | None:
    return DayWords(m.start(), m.end(), kind, dates, **more) if dates else None  # type: ignore[arg-type]


def single(text: str, at: int, calendar: Calendar) -> DayWords | None:
    """The longest day words that start exactly at `at` and are no bound and no range."""
    best: DayWords | None = None
    for pattern, rule in _RULES:
        m = pattern.match(text, at)
        if m and (best is None or m.end() > best.end):
            found = rule(m, calendar)
            best = found or best
    return best


# ---- near days -----------------------------------------------------------------------------------------------------


@_rule(r"(today|later today|tomorrow|day after tomorrow|day after the next|2 days from tomorrow)s?")
def _near(m: re.Match[str], c: Calendar) -> DayWords | None:
    ahead = {"today": 0, "later today": 0, "tomorrow": 1, "day after tomorrow": 2, "2 days from tomorrow": 3}.get(
        m[1], 2
    )
    day = c.today + timedelta(days=ahead)
    return _made(m, "dates", frozenset({day}))


_COUNT = r"(\d{1,3}|a|an|1|a couple(?: of)?|couple(?: of)?|a few|few|several|half a)"


def _count(words: str) -> int:
    return (
        int(words) if words.isdigit() else 2 if "couple" in words else 3 if "few" in words or words == "several" else 1
    )


@_rule(rf"in (?:about |around |like |maybe )?{_COUNT} (day|week|month)s?(?: time)?|in {_COUNT} business days")
@_rule(rf"{_COUNT} (day|week|month)s? (?:from now|from today|hence|out|from this moment|later|from this week)")
def _in_units(m: re.Match[str], c: Calendar) -> DayWords | None:
    return _made(m, "dates", frozenset({_ahead(c, c.today, _count(m[1] or m[3]), m[2] or "day")}))


@_rule(rf"{_COUNT} (day|week)s? (?:from|after|following) (?=\S)")
def _units_from(m: re.Match[str], c: Calendar) -> DayWords | None:
    day = single(m.string, m.end(), c)
    dates = day and resolved(day, c)
    if not day or not dates or day.kind == "period":
        return None
    return DayWords(m.start(), day.end, "dates", frozenset({_ahead(c, min(dates), _count(m[1]), m[2])}))


def _ahead(c: Calendar, day: date, count: int, unit: str) -> date:
    return (
        c.months_later(min(count, 60))
        if unit == "month"
        else day + timedelta(days=count * (7 if unit == "week" else 1))
    )


@_rule(
    rf"(?:within|inside) (?:the )?(?:next )?{_COUNT} (day|week|month)s?|(?:in |over |during |for )?(?:the )?next {_COUNT} (day|week|month)s?"
)
def _within(m: re.Match[str], c: Calendar) -> DayWords | None:
    last = _ahead(c, c.today, _count(m[1] or m[3]), m[2] or m[4])
    return _made(m, "period", days(c.today, last))


# ---- weekdays ------------------------------------------------------------------------------------------------------


@_rule(rf"(?:({WHICH}|every|each|any|on a|a|on an|only) )?({WD})(s)?(?: (after next|after this|week))?")
def _weekday(m: re.Match[str], c: Calendar) -> DayWords | None:
    which, weekday = m[1] or "", WEEKDAYS.index(m[2])
    if which in {"last", "past", "previous"}:
        return None
    if m[4]:
        return _made(m, "dates", frozenset({c.weekday(weekday, "next") + timedelta(days=7 if m[4] == "after next" else 0)
                                            if m[4] != "week" else c.weekday(weekday) + timedelta(days=7)}))  # fmt: skip
    if which in {"this", "next", "doubtful"}:
        return _made(m, "dates", frozenset({c.weekday(weekday, which)}), weekdays=frozenset({weekday}), part=which)
    if which == "following":
        return _made(m, "dates", frozenset({c.monday(c.today) + timedelta(days=7 + weekday)}), part="next")
    if which and which not in {"every", "each", "any", "a", "on a", "only"}:
        return _made(m, "dates", frozenset({c.weekday(weekday)}), part="this")
    every = bool(m[3]) or which in {"every", "each"}
    return DayWords(
        m.start(),
        m.end(),
        "weekdays",
        weekdays=frozenset({weekday}),
        every=every,
        part="any" if which in {"any", "a", "on a"} else "",
    )


@_rule(
    r"(?:(every|each|any|all|on|on a|only) )?(?:(?:single|other) )?(weekdays?|work ?days?|business days?|week days?|weekends|days? of the week|day)"
)
def _weekday_class(m: re.Match[str], c: Calendar) -> DayWords | None:
    word = m[2]
    if word in {"day", "day of the week", "days of the week"}:
        if m[1] not in {"every", "each", "any", "all"}:
            return None
        kind = (
            range(7) if m[1] in {"any", "all"} else range(5)
        )  # a session every day means every day the clinic is open
        if m[1] in {"any", "all"} or word != "day":
            return DayWords(m.start(), m.end(), "weekdays", weekdays=frozenset(kind), part="any day")
    else:
        kind = range(5, 7) if word == "weekends" else range(5)
    return DayWords(m.start(), m.end(), "weekdays", weekdays=frozenset(kind), every=m[1] in {"every", "each"})


@_rule(rf"({WD}) (?:to|through|until|-) ({WD})")
def _weekday_range(m: re.Match[str], c: Calendar) -> DayWords | None:
    first, last = WEEKDAYS.index(m[1]), WEEKDAYS.index(m[2])
    return DayWords(
        m.start(),
        m.end(),
        "weekdays",
        weekdays=frozenset((first + i) % 7 for i in range((last - first) % 7 + 1)),
        part="range",
    )


@_rule(rf"(1st|first|2nd|3rd|4th|last|final|first available) ({WD})s? (?:of|in|during) (?=\S)")
def _nth_weekday(m: re.Match[str], c: Calendar) -> DayWords | None:
    inside = single(m.string, m.end(), c)
    if not inside or inside.kind != "period":
        return None
    nth = -1 if m[1] in {"last", "final"} else int(m[1][0]) if m[1][0].isdigit() else 1
    dates = _whole_month(inside)
    day = c.nth_weekday(nth, WEEKDAYS.index(m[2]), dates)
    return DayWords(m.start(), inside.end, "dates", frozenset({day})) if day else None


def _whole_month(inside: DayWords) -> Dates:
    first = max(inside.dates)
    return month_days(first.year, first.month) if inside.part == "month" else inside.dates


@_rule(
    rf"(?:({WD})|(day|weekday|week|weekend|morning)) (immediately |right |just )?(before|after|following|preceding) (?=\S)"
)
def _beside(m: re.Match[str], c: Calendar) -> DayWords | None:
    anchor = single(m.string, m.end(), c)
    dates = anchor and resolved(anchor, c)
    if not anchor or not dates or anchor.kind == "weekdays" and m[1]:
        return None
    back = m[4] in {"before", "preceding"}
    edge = min(dates) if back else max(dates)
    step = timedelta(days=-1 if back else 1)
    if m[1]:
        day = edge + step
        while day.weekday() != WEEKDAYS.index(m[1]):
            day += step
        return DayWords(m.start(), anchor.end, "dates", frozenset({day}))
    if m[2] == "week":
        monday = c.monday(edge) + 7 * step
        return DayWords(
            m.start(), anchor.end, "period", days(max(monday, c.today), monday + timedelta(days=6)), part="week"
        )
    if m[2] == "weekend":
        day = edge + step
        while day.weekday() != (6 if back else 5):
            day += step
        return DayWords(
            m.start(),
            anchor.end,
            "period",
            frozenset({day, day + (step if back else timedelta(days=1))}),
            part="weekend",
        )
    return DayWords(m.start(), anchor.end, "dates", frozenset({edge + step}))


# ---- dates ---------------------------------------------------------------------------------------------------------

_LIST = rf"({NUM}(?:st|nd|rd|th)?)(?![\d:]|/\d|am\b|pm\b| ?(?:weeks|sessions|minutes|days\b))"


@_rule(rf"(?:({WD}),? )?(?:the )?({MONTH})\.? (?:the )?([1-9]\d?)(?:st|nd|rd|th)?(?!:|/|\d|am\b|pm\b)(?:,? (20\d\d))?")
@_rule(rf"(?:({WD}),? )?(?:the )?([1-9]\d?)(?:st|nd|rd|th)? (?:day )?(?:of )?({MONTH})(?:,? (20\d\d))?")
def _month_date(m: re.Match[str], c: Calendar) -> DayWords | None:
    month, number = (m[2], m[3]) if m[2] in MONTHS else (m[3], m[2])
    weekday = WEEKDAYS.index(m[1]) if m[1] else None
    return _dated(m, c, MONTHS.index(month) + 1, int(number), int(m[4]) if m[4] else None, weekday)


@_rule(rf"(?:({WD}),? )?(\d{{1,2}})/(\d{{1,2}})(?:/(\d{{4}}|\d\d))?(?!/)")
@_rule(rf"(?:({WD}),? )?(\d{{1,2}})-(\d{{1,2}})-(\d{{4}}|\d\d)(?!-)")
def _slash_date(m: re.Match[str], c: Calendar) -> DayWords | None:
    month, number = int(m[2]), int(m[3])
    if month > 12 >= number:
        month, number = number, month
    year = int(m[4]) + (2000 if int(m[4]) < 100 else 0) if m[4] else None
    if not 1 <= month <= 12 or not 1 <= number <= 31:
        return None
    return _dated(m, c, month, number, year, WEEKDAYS.index(m[1]) if m[1] else None)


@_rule(r"(20\d\d)-(\d\d)-(\d\d)")
def _iso_date(m: re.Match[str], c: Calendar) -> DayWords | None:
    return _dated(m, c, int(m[2]), int(m[3]), int(m[1]), None)


def _dated(
    m: re.Match[str], c: Calendar, month: int, number: int, year: int | None, weekday: int | None
) -> DayWords | None:
    if not 1 <= month <= 12:
        return None
    day = c.month_day(month, number, year, weekday)
    if day is None:
        return DayWords(m.start(), m.end(), "dates", impossible=m[0])
    return DayWords(m.start(), m.end(), "dates", frozenset({day}), part="date")


@_rule(
    rf"(?:({WD}),? )?(?:the )?({ORD}){NOT_A_DAY}(?: (of next month|of this month|of the month|next month|this month))?"
)
def _ordinal(m: re.Match[str], c: Calendar) -> DayWords | None:
    number, weekday = int(m[2][:-2]), WEEKDAYS.index(m[1]) if m[1] else None
    if m[3] and "next" in m[3]:
        later = c.months_later(1)
        return _dated(m, c, later.month, number, later.year, weekday)
    day = c.day_of_month(number, weekday)
    return DayWords(m.start(), m.end(), "dates", frozenset({day}), part="date") if day else None


@_rule(rf"(?:({WHICH}|just after|right after) )?({HOLIDAY})(?: (week|weekend|break))?")
def _holiday(m: re.Match[str], c: Calendar) -> DayWords | None:
    if m[1] in {"last", "past", "previous"}:
        return None
    name = {"the new year": "new years day", "new year": "new years day", "new years": "new years day", "mlk": "mlk day",
            "christmas": "christmas day", "chanukah": "hanukkah"}.get(m[2], m[2])  # fmt: skip
    dates = c.named(name)
    if not dates:
        return None
    if m[3] in {"week", "break"}:
        monday = c.monday(min(dates))
        return _made(m, "period", days(max(monday, c.today), monday + timedelta(days=6)), part="week")
    if m[3]:
        return _made(m, "period", _weekend(min(dates), c), part="weekend")
    return _made(m, "dates", dates)


# ---- weeks, months, seasons ----------------------------------------------------------------------------------------


@_rule(
    r"(?:sometime |some time |in |during |any time |any day |all )?(this week|(?:doubtful )?next week|the following week|following week|week after next|week after that|week after|week following)"
)
def _week(m: re.Match[str], c: Calendar) -> DayWords | None:
    return _made(
        m,
        "period",
        c.week(0 if m[1] == "this week" else 2 if "after" in m[1] or m[1] == "week following" else 1),
        part="week",
    )


@_rule(
    r"(?:rest|remainder|end|later|late|later part|back half|second half|2nd half|last half|last part) (?:of |in )?(?:the |this )?(week|next week|the following week)"
)
@_rule(r"(?:later) (this week|next week)")
def _late_week(m: re.Match[str], c: Calendar) -> DayWords | None:
    week = sorted(c.week(1 if "next" in m[1] or "following" in m[1] else 0))
    words = m[0]
    if "rest" in words or "remainder" in words or m[1] == "this week":
        return _made(m, "period", frozenset(d for d in week if d > c.today), part="week")
    first = 3 if "end" in words or "late" in words else 2
    return _made(m, "dates", frozenset(d for d in week if first <= d.weekday() <= 4), part="week")


@_rule(
    r"(early|earlier|beginning of|start of|first half of|1st half of|first part of|top of|early in|middle of|mid|midweek) ?(?:the |this )?(week|next week|the following week|)"
)
def _early_week(m: re.Match[str], c: Calendar) -> DayWords | None:
    if not m[2] and m[1] != "midweek":
        return None
    week = c.week(1 if "next" in m[2] or "following" in m[2] else 0)
    if m[1] in {"middle of", "mid", "midweek"}:
        wanted: tuple[int, ...] = (2,)
    else:
        wanted = (0, 1, 2) if "half" in m[1] else (0, 1)
    dates = frozenset(d for d in week if d.weekday() in wanted)
    return _made(
        m, "dates", dates or frozenset(d + timedelta(days=7) for d in c.week(0) if d.weekday() in wanted), part="week"
    )


@_rule(
    r"(?:(this|next|coming|this coming|upcoming|following|any|the|on the|over the|at the) )?weekend(?: (after next|after that|of|after|before))?"
)
def _weekend_words(m: re.Match[str], c: Calendar) -> DayWords | None:
    if m[2] and m[2].split()[0] in {"of", "before"} or m[2] == "after":
        return None
    saturday = c.monday(c.today) + timedelta(days=5)
    ahead = 7 if m[1] in {"next", "following"} else 0
    if m[1] == "next" and c.today.weekday() < 5:
        c.doubtful = True
        ahead = 0 if c.second else 7
    saturday += timedelta(days=ahead + (7 if m[2] == "after that" else 14 - ahead if m[2] else 0))
    return _made(
        m, "period", frozenset(d for d in (saturday, saturday + timedelta(days=1)) if d >= c.today), part="weekend"
    )


def _weekend(day: date, c: Calendar) -> Dates:
    saturday = c.monday(day) + timedelta(days=5)
    return frozenset({saturday, saturday + timedelta(days=1)})


@_rule(
    r"(week|weekend) (?:of|containing|with|starting|beginning|commencing|starting on|that starts(?: on)?|from)(?: monday,?)? (?=\S)"
)
def _week_of(m: re.Match[str], c: Calendar) -> DayWords | None:
    anchor = single(m.string, m.end(), c)
    dates = anchor and resolved(anchor, c)
    if not anchor or not dates:
        return None
    first = min(dates)
    if m[1] == "weekend":
        return DayWords(m.start(), anchor.end, "period", _weekend(first, c), part="weekend")
    monday = c.monday(first)
    return DayWords(
        m.start(), anchor.end, "period", days(max(monday, c.today), monday + timedelta(days=6)), part="week"
    )


@_rule(
    rf"(1st|first|2nd|second|3rd|4th|last|final) (full )?(week|2 weeks|half|weekend|days|few days|part) (?:of|in) (?=\S)"
)
def _part_of_month(m: re.Match[str], c: Calendar) -> DayWords | None:
    inside = single(m.string, m.end(), c)
    if not inside or inside.part != "month":
        return None
    whole = sorted(_whole_month(inside))
    nth = {"last": -1, "final": -1, "first": 1, "second": 2}.get(m[1]) or int(m[1][0])
    if m[3] == "half":
        picked = whole[:15] if nth == 1 else whole[15:]
    elif m[3] == "2 weeks":
        picked = whole[:14] if nth == 1 else whole[-14:]
    elif m[3] == "weekend":
        saturday = c.nth_weekday(nth, 5, whole)
        picked = [saturday, saturday + timedelta(days=1)] if saturday else []
    elif m[3] == "week" and nth == -1:
        picked = whole[-7:]
    elif m[3] == "week" and (nth > 1 or m[2]):  # counted by its Mondays
        monday = c.nth_weekday(nth, 0, whole)
        picked = sorted(days(monday, monday + timedelta(days=6))) if monday else []
    else:
        picked = whole[:7] if nth == 1 else whole[-7:]
    return DayWords(m.start(), inside.end, "period", frozenset(d for d in picked if d >= c.today), part="week")


_PHASE = r"(?:(early|late|mid|middle of|beginning of|start of|first part of|end of|latter part of|tail end of|1st half of|second half of|2nd half of|all of|all|any time in|whole|rest of|remainder of|early in|late in|later in|earlier in) (?:the )?(?:month of )?)?"


@_rule(rf"{_PHASE}(?:(this|next|coming) )?({MONTH})(?: (20\d\d))?(?! ?(?:the )?\d)")
@_rule(rf"{_PHASE}(this|next|the following|following|current)? ?(month)")
def _month(m: re.Match[str], c: Calendar) -> DayWords | None:
    if m[3] == "month":
        if not m[2] and (m[1] or "") not in {
            "end of",
            "rest of",
            "remainder of",
            "late in",
            "later in",
            "middle of",
            "mid",
            "beginning of",
            "early in",
        }:
            return None
        later = c.months_later(1 if m[2] and ("next" in m[2] or "following" in m[2]) else 0)
        year, month = later.year, later.month
    else:
        month = MONTHS.index(m[3]) + 1
        year = int(m[4]) if m.re.groups > 3 and m[4] else c.today.year + (month < c.today.month)
    first, last = _phase(m[1] or "")
    if first < 0:
        length = max(month_days(year, month)).day
        first, last = length + first + 1, length
    dates = frozenset(d for d in month_days(year, month, first, last) if d >= c.today)
    return _made(m, "period", dates, part="month")


def _phase(words: str) -> tuple[int, int]:
    """First and last day of the month; a negative first counts from its end."""
    if words in {"early", "early in", "earlier in", "beginning of", "start of", "first part of"}:
        return 1, 10
    if words in {"mid", "middle of"}:
        return 11, 20
    if words in {"late", "late in", "later in", "latter part of"}:
        return 21, 31
    if words in {"end of", "tail end of"}:
        return -7, 31
    return (1, 15) if words == "1st half of" else (16, 31) if words in {"second half of", "2nd half of"} else (1, 31)


@_rule(r"(?:end|last days|last part) of (?:the |this )?(year)")
def _end_of_year(m: re.Match[str], c: Calendar) -> DayWords | None:
    return _made(m, "period", frozenset(d for d in month_days(c.today.year, 12, 25) if d >= c.today), part="month")


@_rule(
    r"(?:some time |any time )?(?:in )?(?:the )?(?:new year|next year|early next year|beginning of the year|start of the year)"
)
def _new_year(m: re.Match[str], c: Calendar) -> DayWords | None:
    if not m[0].startswith(("in", "some", "any")) and "new year" in m[0]:
        return None  # "the new year" alone is the holiday
    return _made(m, "period", month_days(c.today.year + 1, 1), part="month")


@_rule(r"(?:(?:in|this|next|over|during) )(?:the )?(spring|summer|fall|autumn|winter)(?: break)?")
def _season(m: re.Match[str], c: Calendar) -> DayWords | None:
    return _made(m, "period", c.named(f"this {m[1]}"), part="month")


@_rule(r"(?:over )?(?:the )?holidays")
def _holidays(m: re.Match[str], c: Calendar) -> DayWords | None:
    year = c.today.year
    return _made(m, "period", days(max(date(year, 12, 24), c.today), date(year + 1, 1, 1)), part="week")


def resolved(words: DayWords, calendar: Calendar) -> Dates:
    """The dates the words mean on their own: the next such weekdays when they are only weekdays."""
    if words.kind != "weekdays":
        return words.dates
    dates = {calendar.weekday(w) for w in words.weekdays}
    if words.part == "range":  # "monday to wednesday": one run of days, not the rest of this week and the start of next
        first = min(words.weekdays) if 6 not in words.weekdays or 0 not in words.weekdays else 5
        start = calendar.weekday(first)
        dates = {start + timedelta(days=(w - first) % 7) for w in words.weekdays}
        if min(dates) - calendar.today > timedelta(days=7 - len(dates)) and calendar.today.weekday() in words.weekdays:
            dates = {calendar.weekday(w) for w in words.weekdays}
    return frozenset(dates)


def moved(words: DayWords, start: int) -> DayWords:
    """The same words, starting earlier (a preposition belongs to them)."""
    return replace(words, start=start)
