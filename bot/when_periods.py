"""Weeks, weekends, months, seasons, holidays: the stretches that other day words may lie in."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.when_calendar import Calendar, Dates, days, month_days
from bot.when_grammar import MONTH, WHICH, DayWords, made, resolved, rule, single, whole_month
from bot.when_words import MONTHS

HOLIDAY = (
    r"(?:christmas eve|christmas(?: day)?|thanksgiving(?: day)?|new years eve|new years(?: day)?|the new year|new year|mlk day|"
    r"mlk|martin luther king (?:jr )?day|presidents? day|valentines? day|valentines|st patricks day|easter monday|"
    r"easter(?: sunday)?|good friday|ash wednesday|palm sunday|memorial day|labor day|independence day|juneteenth|veterans day|"
    r"columbus day|indigenous peoples day|black friday|cyber monday|halloween|mothers day|fathers day|cinco de mayo|"
    r"super bowl sunday|groundhog day|passover|hanukkah|chanukah|ramadan|rosh hashanah|yom kippur|kwanzaa|diwali|"
    r"4th of july|july 4th|boxing day)"
)


@rule(
    r"(?:sometime |some time |in |during |any time |any day |all )?(this week|within the week|(?:doubtful )?next week|the following week|following week|week after next)"
)
def _week(m: re.Match[str], c: Calendar) -> DayWords | None:
    return made(
        m,
        "period",
        c.week(0 if m[1] in {"this week", "within the week"} else 2 if "after" in m[1] else 1),
        part="week",
    )


@rule(
    r"(?:rest|remainder|end|later|late|later part|back half|second half|2nd half|last half|last part) (?:of |in )?(?:the |this )?(week|next week|the following week)"
)
@rule(r"(?:later) (this week|next week)")
def _late_week(m: re.Match[str], c: Calendar) -> DayWords | None:
    week = sorted(c.week(1 if "next" in m[1] or "following" in m[1] else 0))
    words = m[0]
    if "rest" in words or "remainder" in words or m[1] == "this week":
        return made(m, "period", frozenset(d for d in week if d > c.today), part="week")
    first = 3 if "end" in words or "late" in words else 2
    return made(m, "dates", frozenset(d for d in week if first <= d.weekday() <= 4), part="week")


@rule(
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
    return made(
        m, "dates", dates or frozenset(d + timedelta(days=7) for d in c.week(0) if d.weekday() in wanted), part="week"
    )


@rule(
    r"(?:(this|next|coming|this coming|upcoming|following|any|the|on the|over the|at the) )?weekend(?: (after next|after that|of|after|before))?"
)
def _weekend_words(m: re.Match[str], c: Calendar) -> DayWords | None:
    if (m[2] and m[2].split()[0] in {"of", "before"}) or m[2] == "after":
        return None
    saturday = c.monday(c.today) + timedelta(days=5)
    ahead = 7 if m[1] in {"next", "following"} else 0
    if m[1] == "next" and c.today.weekday() < 5:
        c.doubtful = True
        ahead = 0 if c.second else 7
    saturday += timedelta(days=ahead + (7 if m[2] == "after that" else 14 - ahead if m[2] else 0))
    return made(
        m, "period", frozenset(d for d in (saturday, saturday + timedelta(days=1)) if d >= c.today), part="weekend"
    )


def _weekend(day: date, c: Calendar) -> Dates:
    saturday = c.monday(day) + timedelta(days=5)
    return frozenset({saturday, saturday + timedelta(days=1)})


@rule(
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


@rule(
    r"(1st|first|2nd|second|3rd|4th|last|final) (full )?(week|2 weeks|half|weekend|day|days|few days|couple (?:of )?days|\d{1,2} days|part) (?:of|in) (?=\S)"
)
def _part_of_month(m: re.Match[str], c: Calendar) -> DayWords | None:
    inside = single(m.string, m.end(), c)
    if not inside or inside.part != "month":
        return None
    whole = sorted(whole_month(inside))
    nth = {"last": -1, "final": -1, "first": 1, "second": 2}.get(m[1]) or int(m[1][0])
    if m[3] == "day":
        return DayWords(
            m.start(), inside.end, "dates", frozenset(whole[:1] if nth == 1 else whole[-1:] if nth < 0 else ())
        )
    if m[3].endswith("days") and m[3] != "days":
        count = int(m[3].split()[0]) if m[3][0].isdigit() else 3 if m[3].startswith("few") else 2
        picked = whole[:count] if nth == 1 else whole[-count:]
    elif m[3] == "half":
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


_PERSON = re.compile(r" (?:[a-z]+ed|said|told|is my|sent|gave|was|called)\b")


@rule(rf"{_PHASE}(?:(this|next|coming) )?({MONTH})(?: (20\d\d))?(?! ?(?:the )?\d)")
@rule(rf"{_PHASE}(this|next|the following|following|current)? ?(month)")
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
        if (
            m[3] == "march"
            and (
                m[0].startswith("the march")
                or re.match(r" (?:of|in|on|for|with|through|around|into|up)\b", m.string[m.end() :])
            )
            and not m[1]
        ):
            return None
        if not m[1] and not m[2] and _PERSON.match(m.string, m.end()):
            return None
        month = MONTHS.index(m[3]) + 1
        year = int(m[4]) if m.re.groups > 3 and m[4] else c.today.year + (month < c.today.month)
    first, last = _phase(m[1] or "")
    if first < 0:
        length = max(month_days(year, month)).day
        first, last = length + first + 1, length
    dates = frozenset(d for d in month_days(year, month, first, last) if d >= c.today)
    return made(m, "period", dates, part="month")


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


@rule(r"(?:end|last days|last part) of (?:the |this )?(year)")
def _end_of_year(m: re.Match[str], c: Calendar) -> DayWords | None:
    return made(m, "period", frozenset(d for d in month_days(c.today.year, 12, 25) if d >= c.today), part="month")


@rule(
    r"(?:some time |any time )?(?:in )?(?:the )?(?:new year|next year|early next year|beginning of the year|start of the year)"
)
def _new_year(m: re.Match[str], c: Calendar) -> DayWords | None:
    if not m[0].startswith(("in", "some", "any")) and "new year" in m[0]:
        return None  # "the new year" alone is the holiday
    return made(m, "period", month_days(c.today.year + 1, 1), part="month")


@rule(r"(?:(?:in|this|next|over|during) )(?:the )?(spring|summer|fall|autumn|winter)(?: break)?")
def _season(m: re.Match[str], c: Calendar) -> DayWords | None:
    return made(m, "period", c.named(f"this {m[1]}"), part="month")


@rule(r"(?:over )?(?:the )?holidays")
def _holidays(m: re.Match[str], c: Calendar) -> DayWords | None:
    year = c.today.year
    return made(m, "period", days(max(date(year, 12, 24), c.today), date(year + 1, 1, 1)), part="week")


@rule(rf"(?:({WHICH}|just after|right after) )?({HOLIDAY})(?: (week|weekend|break))?")
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
        return made(m, "period", days(max(monday, c.today), monday + timedelta(days=6)), part="week")
    if m[3]:
        return made(m, "period", _weekend(min(dates), c), part="weekend")
    return made(m, "dates", dates)


@rule(r"(20\d\d)")
def _year(m: re.Match[str], c: Calendar) -> DayWords | None:
    year = int(m[1])
    if year not in {c.today.year, c.today.year + 1}:
        return None
    return made(m, "period", days(max(date(year, 1, 1), c.today), date(year, 12, 31)))
