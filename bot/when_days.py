"""Single days: tomorrow, weekdays, dates, "two weeks from friday", "the monday before christmas"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.when_calendar import Calendar, days
from bot.when_grammar import MONTH, NUM, ORD, WD, WHICH, DayWords, made, resolved, rule, single, whole_month
from bot.when_words import MONTHS, WEEKDAYS

# What follows an ordinal or a number makes it a count of something else: "the 3rd session", "2nd opinion".
NOT_A_DAY = (
    r"(?! ?(?:time|times|session|visit|appointment|treatment|opinion|floor|street|avenue|ave|st\b|grade|trimester|round|week|"
    r"month|year|quarter|one\b|person|try|choice|option|question|dose|day of|attempt|course|opening|available|slot|"
    r"[a-z]+day\b|shift|party|kid|child|baby|degree|half|of \d))"
)


@rule(r"(today|later today|tomorrow|day after tomorrow|day after the next|2 days from tomorrow)s?")
def _near(m: re.Match[str], c: Calendar) -> DayWords | None:
    ahead = {"today": 0, "later today": 0, "tomorrow": 1, "day after tomorrow": 2, "2 days from tomorrow": 3}.get(
        m[1], 2
    )
    day = c.today + timedelta(days=ahead)
    return made(m, "dates", frozenset({day}))


_COUNT = r"(\d{1,3}|a|an|1|a couple(?: of)?|couple(?: of)?|a few|few|several|half a)"


def _count(words: str) -> int:
    return (
        int(words) if words.isdigit() else 2 if "couple" in words else 3 if "few" in words or words == "several" else 1
    )


@rule(rf"in (?:about |around |like |maybe )?{_COUNT} (day|week|month)s?(?: time)?|in {_COUNT} business days")
@rule(rf"{_COUNT} (day|week|month)s? (?:from now|from today|hence|out|from this moment|later|from this week)")
def _in_units(m: re.Match[str], c: Calendar) -> DayWords | None:
    return made(m, "dates", frozenset({_ahead(c, c.today, _count(m[1] or m[3]), m[2] or "day")}))


@rule(rf"(\d|a couple|couple) ({WD})s? from (?:now|today)")
def _weekdays_on(m: re.Match[str], c: Calendar) -> DayWords | None:
    first = c.weekday(WEEKDAYS.index(m[2]))
    return made(m, "dates", frozenset({first + timedelta(days=7 * (_count(m[1]) - 1))}))


@rule(rf"{_COUNT} (week)s? (?:on )?(?=(?:today|tomorrow|{WD})\b)(?=\S)")
@rule(rf"{_COUNT} (day|week)s? (?:from|after|following) (?=\S)")
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


@rule(
    rf"(?:within|inside) (?:the )?(?:next )?{_COUNT} (day|week|month)s?|(?:in |over |during |for )?(?:the )?next {_COUNT} (day|week|month)s?"
)
def _within(m: re.Match[str], c: Calendar) -> DayWords | None:
    last = _ahead(c, c.today, _count(m[1] or m[3]), m[2] or m[4])
    return made(m, "period", days(c.today, last))


@rule(rf"(?:({WHICH}|every|each|any|on a|a|on an|only) )?({WD})(s)?(?: (after next|after this|week))?")
def _weekday(m: re.Match[str], c: Calendar) -> DayWords | None:
    which, weekday = m[1] or "", WEEKDAYS.index(m[2])
    if which in {"last", "past", "previous"}:
        return None
    if m[4]:
        return made(m, "dates", frozenset({c.weekday(weekday, "next") + timedelta(days=7 if m[4] == "after next" else 0)
                                            if m[4] != "week" else c.weekday(weekday) + timedelta(days=7)}))  # fmt: skip
    if which in {"this", "next", "doubtful"}:
        return made(m, "dates", frozenset({c.weekday(weekday, which)}), weekdays=frozenset({weekday}), part=which)
    if which == "following":
        return made(m, "dates", frozenset({c.monday(c.today) + timedelta(days=7 + weekday)}), part="next")
    if which and which not in {"every", "each", "any", "a", "on a", "only"}:
        return made(m, "dates", frozenset({c.weekday(weekday)}), part="this")
    every = bool(m[3]) or which in {"every", "each"}
    return DayWords(
        m.start(),
        m.end(),
        "weekdays",
        weekdays=frozenset({weekday}),
        every=every,
        part="any" if which in {"any", "a", "on a"} else "",
    )


@rule(
    r"(?:(every|each|any|all|on|on a|only|a|on any) )?(?:(?:single|other) )?(daily|(?<=any )weekend|(?<=\ba )weekend|weekdays?|work ?days?|business days?|week days?|weekends|days? of the week|day)"
)
def _weekday_class(m: re.Match[str], c: Calendar) -> DayWords | None:
    word = m[2]
    if word in {"day", "day of the week", "days of the week"}:
        if m[1] not in {"every", "each", "any", "all"} or m[0] == "all day":
            return None
        kind = (
            range(7) if m[1] in {"any", "all"} else range(5)
        )  # a session every day means every day the clinic is open
        if m[1] in {"any", "all"} or word != "day":
            return DayWords(m.start(), m.end(), "weekdays", weekdays=frozenset(kind), part="any day")
    else:
        kind = range(5, 7) if word.startswith("weekend") else range(5)
    return DayWords(
        m.start(),
        m.end(),
        "weekdays",
        weekdays=frozenset(kind),
        every=m[1] in {"every", "each"} or word == "daily",
        part="daily" if word in {"day", "daily"} else "",
    )


@rule(rf"({WD}) (?:to|through|until|-) ({WD})")
def _weekday_range(m: re.Match[str], c: Calendar) -> DayWords | None:
    first, last = WEEKDAYS.index(m[1]), WEEKDAYS.index(m[2])
    return DayWords(
        m.start(),
        m.end(),
        "weekdays",
        weekdays=frozenset((first + i) % 7 for i in range((last - first) % 7 + 1)),
        part="range",
    )


@rule(rf"(1st|first|2nd|3rd|4th|last|final|first available) ({WD})s? (?:of|in|during) (?=\S)")
def _nth_weekday(m: re.Match[str], c: Calendar) -> DayWords | None:
    inside = single(m.string, m.end(), c)
    if not inside or inside.kind != "period":
        return None
    nth = -1 if m[1] in {"last", "final"} else int(m[1][0]) if m[1][0].isdigit() else 1
    dates = whole_month(inside)
    day = c.nth_weekday(nth, WEEKDAYS.index(m[2]), dates)
    return DayWords(m.start(), inside.end, "dates", frozenset({day})) if day else None


_SEVERAL = re.compile(r"\b(?:any|a|an|every|each|all|some)(?: [a-z]+day)?(?:,| or| and)* *$")


@rule(rf"(?:({WD})|(day|weekday|week|weekend)) (immediately |right |just )?(before|after|following|preceding) (?=\S)")
def _beside(m: re.Match[str], c: Calendar) -> DayWords | None:
    anchor = single(m.string, m.end(), c)
    dates = anchor and resolved(anchor, c)
    if not anchor or not dates or (anchor.kind == "weekdays" and m[1]):
        return None
    if m[1] and not m[0].startswith("the ") and _SEVERAL.search(m.string[: m.start()]):
        return None  # "any tuesday or thursday before christmas" is many days
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


_LIST = rf"({NUM}(?:st|nd|rd|th)?)(?![\d:]|/\d|am\b|pm\b| ?(?:weeks|sessions|minutes|days\b))"


@rule(rf"(?:({WD}),? )?(?:the )?({MONTH})\.? (?:the )?([1-9]\d?)(?:st|nd|rd|th)?(?!:|/|\d|am\b|pm\b)(?:,? (20\d\d))?")
@rule(rf"(?:({WD}),? )?(?:the )?([1-9]\d?)(?:st|nd|rd|th)? (?:day )?(?:of )?({MONTH})(?:,? (20\d\d))?")
def _month_date(m: re.Match[str], c: Calendar) -> DayWords | None:
    month, number = (m[2], m[3]) if m[2] in MONTHS else (m[3], m[2])
    weekday = WEEKDAYS.index(m[1]) if m[1] else None
    return _dated(m, c, MONTHS.index(month) + 1, int(number), int(m[4]) if m[4] else None, weekday)


@rule(rf"(?:({WD}),? )?(\d{{1,2}})/(\d{{1,2}})(?:/(\d{{4}}|\d\d))?(?!/)")
@rule(rf"(?:({WD}),? )?(\d{{1,2}})-(\d{{1,2}})-(\d{{4}}|\d\d)(?!-)")
def _slash_date(m: re.Match[str], c: Calendar) -> DayWords | None:
    month, number = int(m[2]), int(m[3])
    if month > 12 >= number:
        month, number = number, month
    year = int(m[4]) + (2000 if int(m[4]) < 100 else 0) if m[4] else None
    if not 1 <= month <= 12 or not 1 <= number <= 31:
        return None
    return _dated(m, c, month, number, year, WEEKDAYS.index(m[1]) if m[1] else None)


@rule(r"(20\d\d)-(\d\d)-(\d\d)")
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


@rule(
    rf"(?:({WD}),? )?(?:the )?({ORD}){NOT_A_DAY}(?: (of next month|of this month|of the month|next month|this month))?"
)
def _ordinal(m: re.Match[str], c: Calendar) -> DayWords | None:
    number, weekday = int(m[2][:-2]), WEEKDAYS.index(m[1]) if m[1] else None
    if m[3] and "next" in m[3]:
        later = c.months_later(1)
        return _dated(m, c, later.month, number, later.year, weekday)
    day = c.day_of_month(number, weekday)
    return DayWords(m.start(), m.end(), "dates", frozenset({day}), part="date") if day else None
