"""The times of one clause, in order: day words and clock words, each with its role and whether it is ruled out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.when_bounds import day_words
from bot.when_calendar import Calendar, days, following
from bot.when_clauses import CANNOT, REASON, Clause, instead_of, marked_for, marked_new, role
from bot.when_clocks import MIDNIGHT, ClockWords, clock_words
from bot.when_grammar import DayWords

_TOKEN = re.compile(r"(?<![\w/:.§])[a-z0-9]")
_NEGATED = re.compile(
    r"\b(?:except|excluding|besides|nothing|not|no|never|nor|other than|anything but|any time but|any day but|apart from|aside from|avoid|avoiding|minus|without|skip(?! to)|outside of|outside|rule out|but not)"
    r"(?: (?:for|on|the|in|any|during|at|this|that|of|a|those|these|to|possibly|really|from))*\s*$"
)
_NOTHING = re.compile(
    r"\b(?:nothing|not anything|no (?:appointments?|sessions?|times?|slots?|visits?)|none|(?:dont|do not|never) (?:want|like|need|give me|book|book me|schedule|schedule me|put me)(?: in for| down for)?(?: for)?(?: anything)?)\s*$"
)
_EXCLUDED = re.compile(
    r",? (?:is |are )?(?:excluded|not included|not possible|not an option|off the table)\b|,? (?:is |are )?(?:out|no|nope|bad|impossible|no good|not good)(?=\s*(?:$|,|but\b))"
)
_REFUSED = re.compile(
    r"\b(?:cant|wont|not|couldnt|unable|isnt|arent|never|dont)\b(?: (?:be|do|come|make|get|start|free|available|able|to|there|in|it|anything|want|really|possibly|out|here|home|go))* $"
)
_BUT = re.compile(
    r"\b(?:any|every|all|each|anything|whenever|open|free|flexible|whole|week|month|weekdays?|days?)\b.*\bbut(?: (?:on|in|the|for|during))*\s*$"
)
_OR = re.compile(r"\s*,?\s*(?:or|and|nor|/)\s*(?:on |the |any |in the )*$")
_AFTER_DAY = re.compile(r"\s*,?\s*(?:at |for |- )?$")
_LIST = re.compile(r"\s*(?:,|or|and|, or|, and|/)\s*$")
_OTHER_DAY = re.compile(
    r"(?:the |that |on the )?same day|that day|(?:the |that |during the )?(?:very )?same week|that week"
)
_THEN = re.compile(
    r"(?:any time |some time |anything )?(?:(?:the |in the )?(week) after(?: that)?|(?:after|before) (?:that|then)|(?:the )?(?:following|next) (day)|"
    r"(?:the )?(day) after(?: that)?)(?! (?:next|the|my|tomorrow|today|[a-z]*day|christmas|thanksgiving|new|that|\d|in |early|mid |late |january|"
    r"february|march|april|december))(?!\w)"
)
_ORDINAL = re.compile(r"(?:the |on the )?(\d{1,2})(?:st|nd|rd|th)")
_WISH = re.compile(r"\b(?:instead|works?|better|good|ok|okay|fine|please|possible|available|free|would)\b|^[^,]*\?")
_BARE = re.compile(
    r"(?:the )?([12]\d|3[01]|[1-9])(?:st|nd|rd|th)?(?![\w:/%]| ?(?:am|pm|oclock|or so|to \d|- ?\d))(?!(?:,| or| and)* \d{1,2}(?:am|pm|:))"
)
_WORKS = re.compile(
    r" (?:works|would work|is (?:good|fine|ok|okay|best|perfect|great)|please|instead|(?:possible|available|open|free|taken)\b|on (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|the)\b|for (?:monday|tuesday|wednesday|thursday|friday)|(?:tomorrow|today|that day)\b)"
    r"|(?:,? (?:or|and) |, )(?:at )?(?:\d{1,2}(?::\d\d|am|pm)|\d{1,2}(?= (?:on|works|tomorrow|today|would)\b)|noon)"
)


@dataclass(frozen=True)
class Item:
    """One time of a clause. `gap` is the text since the item before it (or since the clause began)."""

    words: DayWords | ClockWords
    gap: str
    role: str
    negative: bool = False

    @property
    def day(self) -> DayWords | None:
        return self.words if isinstance(self.words, DayWords) else None

    @property
    def clock(self) -> ClockWords | None:
        return self.words if isinstance(self.words, ClockWords) else None


def items(clause: Clause, calendar: Calendar) -> list[Item]:
    """Every time of the clause, with its role: "new", "old", "cannot", "come", "busy" or "past"."""
    found: list[Item] = []
    at = 0
    for m in _TOKEN.finditer(clause.text):
        if m.start() < at:
            continue
        words = _words(clause, m.start(), calendar, found, at)
        if words is None:
            continue
        words = _next_too(words, clause.text[at : words.start], found, calendar)
        found.append(Item(words, clause.text[at : words.start], "new"))
        at = words.end
    if not found:
        return []
    found = _in_month(clause.text, found)
    found = [_flipped(i, calendar) if _NOTHING.search(clause.text[: i.words.start]) else i for i in found]
    turned = [_turned(clause.text, i, calendar) for i in found]
    if turned != found or re.search(r"\b(?:not|wont|cant)\b.* until $", clause.text[: found[-1].words.start]):
        every = any(i.day and i.day.every for i in turned)  # "not free till 4 on mondays" is a reason
        return [replace(i, role="busy") for i in turned] if every else turned
    return _roles(clause, _negatives(clause.text, found))


def _in_month(text: str, found: list[Item]) -> list[Item]:
    """ "in january, the 4th or the 5th", "december except the 24th": bare days of the month that was named."""
    month = next((i for i in found if i.day and i.day.kind == "period" and i.day.part == "month"), None)
    if not month or not month.day:
        return found
    out = []
    for item in found:
        bare = item.day and _ORDINAL.fullmatch(text[item.words.start : item.words.end])
        inside = frozenset(d for d in month.day.dates if bare and d.day == int(bare[1]))
        out.append(replace(item, words=replace(item.day, dates=inside)) if item.day and inside else item)
    wanted = [i for i, before in zip(out, found, strict=True) if i is not before]
    if wanted and not any(_NEGATED.search(text[: i.words.start]) for i in wanted):
        out.remove(month)
    return out


def _next_too(words: DayWords | ClockWords, gap: str, found: list[Item], calendar: Calendar) -> DayWords | ClockWords:
    """ "next thursday or friday": both of next week."""
    before = found[-1].day if found else None
    if not isinstance(words, DayWords) or not before or before.part != "next" or not _LIST.fullmatch(gap):
        return words
    if words.kind != "weekdays" or len(words.weekdays) != 1 or words.every:
        return words
    day = calendar.weekday(next(iter(words.weekdays)), "next")
    return replace(words, kind="dates", dates=frozenset({day}), part="next")


def _words(clause: Clause, at: int, calendar: Calendar, found: list[Item], last: int) -> DayWords | ClockWords | None:
    text = clause.text
    other = _OTHER_DAY.match(text, at)
    if other:
        return DayWords(at, other.end(), "same", part="week" if "week" in other[0] else "day")
    if re.match(r"from\b", text[at:]) and re.search(r"\b(?:apart|aside|away) $", text[:at]):
        return None
    then = _THEN.match(text, at)
    if then:
        return _then(then, calendar, found)
    listed = _listed_day(text, at, found, last)
    if listed:
        return listed
    day = day_words(text, at, calendar, clause.moving)
    clock = clock_words(text, at, clause.moving)
    if clock and clock.weak and not _expected(text, clock, found, last, clause.moving):
        clock = None
    if day and clock:
        return day if day.end >= clock.end else clock
    return day or clock


def _then(m: re.Match[str], calendar: Calendar, found: list[Item]) -> DayWords:
    """ "or the week after", "anything after that": counted from the day before it, in this clause or another."""
    part = "week after" if m[1] else "day after" if m[2] or m[3] else "before" if "before" in m[0] else "after"
    day = next((i.day for i in reversed(found) if i.day and i.day.kind in {"dates", "period"}), None)
    if day and day.dates:
        dates = following(part, max(day.dates), calendar)
        return DayWords(m.start(), m.end(), "dates" if part == "day after" else "period", dates, part="week")
    return DayWords(m.start(), m.end(), "same", part=part)


def _listed_day(text: str, at: int, found: list[Item], last: int) -> DayWords | None:
    """ "dec 8, 9 or 10": bare numbers that go on with the days of a month."""
    day = found[-1].day if found else None
    m = _BARE.match(text, at)
    if not m or not day or day.part != "date" or not day.dates or not _LIST.match(text[last:at]):
        return None
    if (m[0][-1].isalpha() and int(m[1]) <= max(day.dates).day) or (m[0].startswith("the ") and not m[0][-1].isalpha()):
        return None
    first = max(day.dates)
    later = [d for d in days(first, first + timedelta(days=27)) if d.day == int(m[1]) and d > first]
    return DayWords(at, m.end(), "dates", frozenset(later), part="date") if later else None


def _expected(text: str, clock: ClockWords, found: list[Item], last: int, moving: bool) -> bool:
    """Whether a bare number is a time here: after a day, in a list of times, or while an appointment moves to it."""
    gap = text[last : clock.start]
    if found and found[-1].day and _AFTER_DAY.match(gap) and not text[clock.start : clock.end].startswith("for "):
        return True
    if (
        found
        and found[-1].clock
        and ((found[-1].clock.kind in {"point", "near"} and _LIST.match(gap)) or re.search(r"\bat $", gap))
    ):
        return True
    if found and text[clock.start : clock.end].startswith("for ") and not _WORKS.match(text, clock.end) and moving:
        return True
    if re.search(r"\b(?:do|make it|try|prefer)\s*$", text[: clock.start]) and re.match(
        r"\s*(?:$|[,.?!])", text[clock.end :]
    ):
        return True
    if re.search(r"\b(?:how about|what about|instead of|rather than)(?: my| the)?\s*$", text[: clock.start]):
        return True
    if moving and re.search(r"\b(?:to|my|from|until)\s*$", text[: clock.start]):
        return True
    return bool(_WORKS.match(text, clock.end)) and not re.search(
        r"\b(?:option|number|step|session|the)\s*$", text[: clock.start]
    )


def _flipped(item: Item, calendar: Calendar) -> Item:
    """ "nothing before 9" is after 9."""
    clock, day = item.clock, item.day
    if clock and clock.kind in {"before", "after"}:
        if clock.kind == "before":
            return replace(item, words=replace(clock, kind="after", first=clock.last, last=MIDNIGHT))
        return replace(item, words=replace(clock, kind="before", first=0, last=clock.first))
    if day and day.kind == "bound" and day.dates:
        if day.upto:
            later = calendar.ahead(max(day.dates) + timedelta(days=1))
            return replace(item, words=replace(day, dates=later, upto=False, edge=min(later, default=None)))
        sooner = days(calendar.today, min(day.dates) - timedelta(days=1))
        return replace(item, words=replace(day, dates=sooner, upto=True, edge=max(sooner, default=None)))
    return item


def _turned(text: str, item: Item, calendar: Calendar) -> Item:
    """ "I can't come before 10", "not free until the 7th": a bound that is refused is its opposite, and a wish."""
    before, own = text[: item.words.start], text[item.words.start : item.words.end]
    if not _REFUSED.search(before) or not own.startswith(("before", "until", "by", "after", "past", "later than")):
        return item
    if before.endswith("until "):  # "not free until after 3"
        return item
    flipped = _flipped(item, calendar)
    if item.day and item.day.edge and own.startswith("until") and flipped.day:
        return replace(flipped, words=replace(flipped.day, dates=calendar.ahead(item.day.edge), edge=item.day.edge))
    return flipped


def _negatives(text: str, found: list[Item]) -> list[Item]:
    out: list[Item] = []
    for item in found:
        before = text[: item.words.start]
        bound = (item.day is not None and item.day.kind == "bound") or (
            item.clock is not None and item.clock.kind in {"after", "before"}
        )
        negative = bool(_NEGATED.search(before)) and not (
            bound and re.search(r"\bbut(?: not)?\s*$", before) is None and not re.search(r"\bnot\b", before[-8:])
        )
        negative = negative or (
            bool(_BUT.search(before))
            and not bound
            and item.gap.strip().startswith(("but", ",", ""))
            and (item.day is not None or (item.clock is not None and item.clock.kind in {"part", "range"}))
        )
        if (
            not negative
            and out
            and out[-1].negative
            and _OR.fullmatch(item.gap)
            and bool(item.day) == bool(out[-1].day)
        ):
            negative = True
        beside = item.gap.strip() in {"", "at", "in the", "on"} and bool(out) and bool(item.day) != bool(out[-1].day)
        if beside and out[-1].negative:
            negative = True  # "just not wednesday afternoon"
        if out and out[-1].negative and item.gap.strip().startswith("but") and "not" not in item.gap:
            negative = False  # "not this week but next week"
        if len(found) > 1 and _EXCLUDED.match(text, item.words.end):
            negative = True
        out.append(replace(item, negative=negative))
    return out


def _roles(clause: Clause, found: list[Item]) -> list[Item]:
    text = clause.text
    first = found[0]
    common = role(clause, first.words.start, first.clock is not None and first.clock.kind == "part")
    if REASON.match(text):  # "dialysis mon wed fri, tue or thu any time"
        until = next(
            (
                n
                for n, i in enumerate(found)
                if n and i.gap.strip().startswith(",") and (n > 1 or _WISH.search(text, i.words.end))
            ),
            len(found),
        )
        if until < len(found):
            return [replace(i, role="busy" if n < until else "new") for n, i in enumerate(found)]
    if not clause.moving:
        if common == "come" or common == "cannot":
            m = re.search(r"\b(?:instead|rather)\b", text)
            common = "cannot" if not m and common == "cannot" else "come"
        out = [replace(item, role=common) for item in found]
        if common in {"come", "cannot", "away"}:
            out = _otherwise(text, out)
        return [replace(i, role="old") if instead_of(text[: i.words.start]) else i for i in _instead(text, out)]
    new_from = _first_new(text, found)
    if _pairs(found):  # "wednesday to thursday, 9 to 10"
        return [replace(item, role="new" if n % 2 else "old") for n, item in enumerate(found)]
    out = []
    for n, item in enumerate(found):
        before = text[: item.words.start]
        plain_clock = item.clock is not None and len(found) == 1 and not re.search(r"\b(?:my|our|the)\b", before)
        new = n >= new_from if new_from is not None else plain_clock or _loose_new(before, common)
        out.append(replace(item, role="old" if instead_of(before) or not new else "new"))
    return out


def _pairs(found: list[Item]) -> bool:
    """Whether the times stand as "old day to new day, old hour to new hour"."""
    return (
        len(found) == 4
        and all(found[n].gap.strip() == "to" and bool(found[n].day) == bool(found[n - 1].day) for n in (1, 3))
        and bool(found[0].day) != bool(found[2].day)
    )


def _otherwise(text: str, found: list[Item]) -> list[Item]:
    """ "can't come this week, next week any day": from the comma on it is a wish."""
    cue = CANNOT.search(text)
    for n, item in enumerate(found[1:], 1):
        if cue and found[0].words.end <= cue.start() and cue.end() <= item.words.start and "," in item.gap:
            return found[:n] + [replace(i, role="new") for i in found[n:]]  # "tomorrow doesn't work, friday?"
        period = item.day is not None and item.day.kind == "period"
        if item.gap.strip().startswith(",") and (
            period or _WISH.search(text[item.words.start :]) or _WISH.search(item.gap)
        ):
            return found[:n] + [replace(i, role="new") for i in found[n:]]
    return found


def _instead(text: str, found: list[Item]) -> list[Item]:
    """ "instead of" turns what follows in its phrase old, and what stands before it new."""
    m = re.search(r"\b(?:instead of|rather than|in place of|in lieu of)\b", text)
    if not m:
        return found
    return [
        replace(i, role="old" if i.words.start > m.start() and not _new_after(text, m.end(), i) else "new")
        for i in found
    ]


def _new_after(text: str, after: int, item: Item) -> bool:
    return bool(
        re.search(r",|\b(?:i want|i would|id|can|could|please|ill|give me|do)\b", text[after : item.words.start])
    )


def _first_new(text: str, found: list[Item]) -> int | None:
    for marked in (marked_new, marked_for):
        for n, item in enumerate(found):
            if (
                marked(text[: item.words.start])
                or (n and item.gap.strip() in {"to", "for", "into", "-", *(("a", "an") if "make" in text else ())})
                or re.match(r"(?:until|to) ", text[item.words.start :])
            ):
                return n
    if len(found) > 1:  # "reschedule my friday, monday is better"
        for n, item in enumerate(found[1:], 1):
            if "," in item.gap and not _LIST.match(item.gap):
                return n
    return None


def _loose_new(before: str, common: str) -> bool:
    return bool(
        re.search(
            r",|\b(?:me|it|be|come|prefer|instead|have|do|in|better|any|possibly|available|need|want)\s*(?:on |in |the |for |at |is )*$",
            before,
        )
    ) and not re.search(r"\bmy(?: \w+)?\s*$", before)
