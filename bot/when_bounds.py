"""Before, after and from–to: stretches of days with one or two named ends, over the day words of `when_days`."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot import when_days, when_periods  # noqa: F401  (they register their rules)
from bot.when_calendar import Calendar, days
from bot.when_grammar import NUM, DayWords, resolved, single

_BEFORE = re.compile(
    r"(?:any time |some time |anything |any day )?(before|prior to|ahead of|sooner than|earlier than|in advance of) (?:the )?"
)
_BY = re.compile(
    r"(?:any time |some time |anything |any day )?(?:on or before|no later than|not later than|not after|at the latest by|by|until|up to|up until|through) "
)
_AFTER = re.compile(
    r"(?:any time |some time |anything |any day |not until |right |just )?(?:after|later than|past|following) (?!that\b)"
)
_FROM = re.compile(
    r"(?:any time |some time |anything |any day )?(?:on or after|no earlier than|no sooner than|not before|not until|from|starting from|starting on|starting|"
    r"beginning on|beginning|as of|any time from) "
)
_END = re.compile(
    r"(?:the )?end of (?:the |this )?(?=year|month\b|week\b|next (?:week|month)|january|february|march|april|maymonth|june|july|august|september|october|november|december)"
)
_AFTERWARDS = re.compile(
    r",? (?:at the (?:very )?earliest|on\b(?! (?:a|the|an|my)\b)|onwards?|or later|or after|and later|and after|or beyond)(?![\w])"
)
_UPWARDS = re.compile(r",? (?:or earlier|or before|or sooner|and earlier|at the latest|the latest)")
_TO = re.compile(r" ?(?:to|through|until|and|-|thru) ?(?:including )?(?:the )?")
_NUMBER = re.compile(rf"({NUM})(?:st|nd|rd|th)?(?![\w:/])")
_FILLER = re.compile(r"(?:(?:i|we|my|our) (?:[a-z]+ ){1,4}(?:is )?on )?(?:the |on |to |on the )?")
_NOW = re.compile(r"(?:any time |some time |anything )?(?:between|from) (?:now|today) (?:and|to|until|through) ")
_OPEN = re.compile(r"(?:from |between )(?:the )?")
_ANY = re.compile("|".join(pattern.pattern for pattern in (_BEFORE, _BY, _AFTER, _FROM, _NOW, _OPEN)))


def day_words(text: str, at: int, calendar: Calendar, moving: bool = False) -> DayWords | None:
    """The longest day words that start at `at`, with bounds and ranges. `moving`: "from X to Y" is a move, not a range."""
    found = single(text, at, calendar)
    if not found and not _ANY.match(text, at):
        return None
    if moving and found and found.kind == "weekdays" and found.part == "range":
        found = single(text[: text.index(" to ", at)] if " to " in text[at : found.end] else text, at, calendar)
    found = _longest(found, _range(text, at, calendar, found, moving))
    if found and found.kind in {"dates", "weekdays"} and found.start == at:
        found = _longest(found, _open_end(text, found, calendar))
    for pattern, upto, inclusive in (
        (_BEFORE, True, False),
        (_BY, True, True),
        (_AFTER, False, False),
        (_FROM, False, True),
        (_NOW, True, True),
    ):
        if moving and pattern in (_FROM, _BY):
            continue
        m = pattern.match(text, at)
        if m:
            found = _longest(found, _bound(text, at, m.end(), calendar, upto, inclusive))
    return found


def _longest(a: DayWords | None, b: DayWords | None) -> DayWords | None:
    return b if b and (not a or b.end > a.end) else a


def _bound(text: str, at: int, after: int, calendar: Calendar, upto: bool, inclusive: bool) -> DayWords | None:
    after = _FILLER.match(text, after).end()  # type: ignore[union-attr]
    ending = _END.match(text, after)
    start = ending.end() if ending else after
    if ending and text.startswith("year", start):
        last = calendar.today.replace(month=12, day=31)
        named = DayWords(after, start + 4, "period", frozenset({last}))
    elif ending and text.startswith(("month", "week"), start):
        dates = calendar.week() if text.startswith("week", start) else calendar.month(calendar.today.month)
        named = DayWords(after, start + (4 if text.startswith("week", start) else 5), "period", dates)
    else:
        anchor = single(text, start, calendar)
        if not anchor or (anchor.kind == "weekdays" and len(anchor.weekdays) > 1):
            return None
        named = anchor
    dates = resolved(named, calendar)
    if named.impossible:
        return replace(named, start=at)
    if not dates:
        return None
    end = named.end
    if upto:
        edge = max(dates) if inclusive or ending else min(dates) - timedelta(days=1)
        sign = "<=" if inclusive or ending else "<"
        return DayWords(
            at, end, "bound", days(calendar.today, edge), named.weekdays, edge=min(dates), upto=True, part=sign
        )
    more = _AFTERWARDS.match(text, end)
    edge = min(dates) if inclusive else max(dates) + timedelta(days=1)
    sign = ">=" if inclusive else ">"
    return DayWords(
        at, more.end() if more else end, "bound", calendar.ahead(edge), named.weekdays, edge=edge, part=sign
    )


def _open_end(text: str, named: DayWords, calendar: Calendar) -> DayWords | None:
    """ "the 14th or later", "friday at the latest", "monday onwards"."""
    dates = resolved(named, calendar)
    m = _AFTERWARDS.match(text, named.end)
    if m and dates and m[0].strip() != "on":
        return replace(named, end=m.end(), kind="bound", dates=calendar.ahead(min(dates)), edge=min(dates), part=">=")
    m = _UPWARDS.match(text, named.end)
    if m and dates:
        return replace(
            named, end=m.end(), kind="bound", dates=days(calendar.today, max(dates)), edge=max(dates), upto=True
        )
    return None


def _range(text: str, at: int, calendar: Calendar, first: DayWords | None, moving: bool) -> DayWords | None:
    opening = _OPEN.match(text, at)
    if opening:
        first = single(text, opening.end(), calendar)
    if not first or first.kind == "period" or (moving and not (opening and opening[0].startswith("between"))):
        return None
    joint = _TO.match(text, first.end)
    if not joint or ("and" in joint[0] and not (opening and opening[0].startswith("between"))):
        return None
    begin = resolved(first, calendar)
    if not begin:
        return None
    number = _NUMBER.match(text, joint.end())
    last = single(text, joint.end(), calendar)
    if (
        last
        and last.kind in {"dates", "weekdays"}
        and not last.impossible
        and (not number or last.end > number.end() or "th" in last_text(text, last))
    ):
        ends = resolved(last, calendar)
        end = last.end
    elif number and first.part == "date":
        same = [d for d in days(min(begin), min(begin) + timedelta(days=31)) if d.day == int(number[1])]
        ends, end = frozenset(same[:1]), number.end()
    else:
        return None
    if not ends:
        return None
    last_day = max(ends)
    if last and last.kind == "weekdays" and first.kind == "weekdays" and len(first.weekdays) == 1:
        if not opening:
            return None  # single() reads "monday to friday" as weekdays, which a week may hold
        run = frozenset(
            (min(first.weekdays) + i) % 7 for i in range((min(last.weekdays) - min(first.weekdays)) % 7 + 1)
        )
        return DayWords(at, end, "weekdays", weekdays=run, part="range")
    while last_day < min(begin) and last and last.kind == "weekdays":
        last_day += timedelta(days=7)
    if last_day < min(begin) and first.part == "date":  # "the 28th to the 3rd"
        following = [d for d in days(min(begin), min(begin) + timedelta(days=31)) if d.day == last_day.day]
        last_day = following[0] if following else last_day
    if last_day < min(begin):
        return None
    return DayWords(at, end, "period", days(min(begin), last_day), part="range")


def last_text(text: str, words: DayWords) -> str:
    return text[words.start : words.end]
