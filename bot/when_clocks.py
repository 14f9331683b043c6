"""Clock words in canonical text: "at 9", "between 2 and 4", "after 3pm", "late afternoon" → `ClockWords`, in minutes of the day.

Bare hours follow the clinic's day: 1–6 are pm, 7–11 am, 12 noon.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MIDNIGHT = 1440
_H = r"(?:([01]?\d|2[0-4])(?::([0-5]\d))?(am|pm)?(?: oclock)?(?: sharp)?|(noon|midnight|midday))"
_END = (
    r"(?![\w%$/:]|\.\d|-\d|(?: ?(?:more |full |or so |or more |of the |of my |of \d+ )?(?:minutes?|min|hours?|days?|weeks?|months?|years?|sessions|visits|"
    r"treatments|appointments|times|mg|ml|pills?|kids?|children|people|percent|blocks?|miles?|dollars|bucks|pounds|lbs|meds?|medications?|"
    r"dogs?|cats?|milligrams|points?|doctors?|drugs?|antidepressants?|different|tries|doses?|tablets?|other|others|of us|yo|stars)\b))"
)
_AROUND = r"(?:around|(?<!how )(?<!what )about|approximately|approx|roughly|near|close to|circa)"
_FROM = r"(?:any time |some time |anything |anywhere )?(?:after|past|later than|no earlier than|no sooner than|not earlier than|not before|not until|from|starting at|starting|beginning at|any time from|sometime after|(?:the )?earliest (?:that )?(?:i|we|he|she|they) (?:can|could) (?:[a-z]+ ){0,3}?is)"
_UPTO = r"(?:any time |some time |anything )?(?:before|by|until|up to|up until|no later than|not after|not later than|not past|earlier than|prior to|sooner than|(?:the )?latest (?:that )?(?:i|we|he|she|they) (?:can|could) (?:[a-z]+ ){0,3}?is)"
_ON = r"(?:,? (?:at the (?:very )?earliest|earliest|onwards?|or later|or after|and later|and after|or beyond|on(?=$|[,.?!]| (?:please|if|is fine|works))))"
_RANGE = re.compile(
    rf"(?:(?:any time |some time |anything |something |anywhere |somewhere )?(between|from) )?(?:{_AROUND} )?{_H} ?(to|-|until|and|or|through) ?(?:{_AROUND} )?{_H}{_END}"
)
_AFTER = re.compile(rf"{_FROM} (?:at |{_AROUND} )?{_H}{_ON}?{_END}|{_H}{_ON}{_END}")
_BEFORE = re.compile(
    rf"{_UPTO} (?:at |{_AROUND} )?{_H}{_END}|(?:at )?{_H}(?:,? (?:or earlier|or before|or sooner|and earlier|at the latest|latest|at the very latest))"
)
_NEAR = re.compile(rf"(?:at )?{_AROUND} {_H}{_END}|(?:at )?{_H} ?(?:or so|or thereabouts|give or take)")
_AT = re.compile(rf"(at |for )?(?:exactly |precisely )?{_H}{_END}")
_SAME = re.compile(r"(?:at )?(?:the )?(?:exact )?same (?:time|hour|slot time)(?! (?:next|every|each) day)")

_PARTS: tuple[tuple[str, int, int], ...] = (
    (r"first thing(?: in the mornings?)?(?! (?:you|u|i|we|that|there|available)\b)|early (?:in the )?mornings?|early am|1st thing", 6, 10),
    (r"all day(?: long)?|(?:at )?any (?:time|hour) of (?:the )?day|whole day", 0, 24),
    (r"mid mornings?", 9, 11),
    (r"late(?:r)? (?:in the )?mornings?", 10, 12),
    (r"(?:around|about|near) (?:noon|midday|lunch(?: ?time)?)|midday|lunch ?time|lunch (?:hour|break)|(?:over|during|at|around) (?:my )?lunch(?: hour| break)?", 11, 13),
    (r"before (?:lunch|noon time)|first half of the day|1st half of the day", 0, 12),
    (r"after (?:my )?lunch(?: ?time)?", 13, 24),
    (r"after work(?: hours)?|after business hours", 17, 24),
    (r"after school", 15, 24),
    (r"before (?:i go to |i start |going to )?work(?: hours)?|before school", 0, 9),
    (r"early (?:in the )?afternoons?", 12, 15),
    (r"mid afternoons?", 14, 16),
    (r"late(?:r)? (?:in the )?afternoons?|late(?:r)? in the day|late in the day|end of (?:the )?day|close of business|last thing", 15, 17),
    (r"early (?:in the )?evenings?", 17, 19),
    (r"late(?:r)? (?:in the )?evenings?|late at night", 19, 21),
    (r"mornings?|in the am\b|(?<=[a-z]{2} )am\b(?=\s*(?:$|[,.?!]|(?:or|and|only|please|if|works?|is|on|would|slot|slots|appointment|appt|[a-z]+day|tomorrow|poss|for|then)\b))|(?<=\d, )am\b(?=\s*(?:$|[,.?!]|(?:or|and|only|please|if|works?|is|on|would|slot|slots|appointment|appt|[a-z]+day|tomorrow|poss|for|then)\b))|(?<=(?:1[3-9]|2\d|3[01]) )am\b", 6, 12),
    (r"afternoons?|in the pm\b|(?<=[a-z]{2} )pm\b|(?<=\d, )pm\b|(?<=(?:1[3-9]|2\d|3[01]) )pm\b|second half of the day|2nd half of the day", 12, 17),
    (r"evenings?|nights?|nighttime|after dark", 17, 21),
)  # fmt: skip
_PART = re.compile(
    r"(?:(?:any time |some time |sometime )?(?:in|during|on|at|for) (?:the |an? |my )?|the |an? |any |every )?(?:"
    + "|".join(f"(?P<p{i}>{pattern})" for i, (pattern, _, _) in enumerate(_PARTS))
    + r")(?!\w)"
)
_ANY = re.compile("|".join(pattern.pattern for pattern in (_RANGE, _AFTER, _BEFORE, _NEAR, _AT, _PART, _SAME)))


@dataclass(frozen=True)
class ClockWords:
    """One stretch of clock words, `start:end` in the canonical text; minutes of the day, half-open `[first, last)`.

    kind: "point" (last = first + 1), "near" (an hour either way), "range", "after", "before", "part", or "same" ("same time").
    bare: hours without am or pm, which a part of the day may move by twelve hours. weak: a number that is a time only where a
    time is expected.
    """

    start: int
    end: int
    kind: str
    first: int = 0
    last: int = MIDNIGHT
    bare: bool = False
    weak: bool = False


def clock_words(text: str, at: int, moving: bool = False) -> ClockWords | None:
    """The longest clock words that start exactly at `at`. `moving`: "9 to 11" is a move from nine to eleven, not a range."""
    if moving and text.startswith("from ", at):  # "from 10 to 11" is a move: ten is a time, not a beginning
        old = _point(text, at + 5)
        return ClockWords(at, old.end, "point", old.first, old.last, old.bare) if old else None
    if not _ANY.match(text, at):
        return None
    found = [
        words
        for words in (
            _range(text, at, moving),
            _after(text, at),
            _before(text, at),
            _near(text, at),
            _point(text, at),
            _part(text, at),
        )
        if words
    ]
    m = _SAME.match(text, at)
    if m:
        found.append(ClockWords(at, m.end(), "same"))
    return max(found, key=lambda words: words.end, default=None)


def minutes(hour: str | None, minute: str | None, half: str | None, word: str | None) -> int | None:
    """Minutes of the day; None for no time of day ("13pm", "0")."""
    if word:
        return 0 if word == "midnight" else 720
    h, m = int(hour or 0), int(minute or 0)
    if half:
        return (h % 12 + (12 if half == "pm" else 0)) * 60 + m if 1 <= h <= 12 else None
    if h > 12 or h == 0:
        return h * 60 + m if minute and h < 24 else None
    return ((h + 12 if h <= 6 else h) * 60 + m) if h != 12 else 720 + m


def _range(text: str, at: int, moving: bool) -> ClockWords | None:
    m = _RANGE.match(text, at)
    if not m:
        return None
    opening, h1, m1, a1, w1, joint, h2, m2, a2, w2 = m.groups()
    if (joint in {"and", "or"} and opening != "between") or (joint == "through" and not opening):
        return None
    if moving and opening != "between" and joint != "-":
        return None
    first, last = minutes(h1, m1, a1, w1), minutes(h2, m2, a2, w2)
    if first is None or last is None:
        return None
    if a2 and not a1 and not w1:  # "2-4pm": both pm, "10-2pm": not
        same = minutes(h1, m1, a2, None)
        first = same if same is not None and same < last else minutes(h1, m1, "am", None) or first
    if w2 == "midnight":
        last = MIDNIGHT
    if last <= first and not a2:
        last += 720
    if last <= first or last > MIDNIGHT:
        return None
    bare = not (a1 or a2 or w1 or w2 or (m1 and h1 and int(h1) > 12))
    return ClockWords(at, m.end(), "range", first, last, bare)


def _one(m: re.Match[str]) -> tuple[int | None, bool]:
    groups = m.groups()
    for i in range(0, len(groups), 4):
        hour, minute, half, word = groups[i : i + 4]
        if hour or word:
            return minutes(hour, minute, half, word), not (half or word or int(hour or 0) > 12)
    return None, False


def _after(text: str, at: int) -> ClockWords | None:
    m = _AFTER.match(text, at)
    first, bare = _one(m) if m else (None, False)
    return ClockWords(at, m.end(), "after", first, MIDNIGHT, bare) if m and first is not None else None


def _before(text: str, at: int) -> ClockWords | None:
    m = _BEFORE.match(text, at)
    last, bare = _one(m) if m else (None, False)
    return ClockWords(at, m.end(), "before", 0, last or MIDNIGHT, bare) if m and last is not None else None


def _near(text: str, at: int) -> ClockWords | None:
    m = _NEAR.match(text, at)
    middle, bare = _one(m) if m else (None, False)
    if not m or middle is None:
        return None
    return ClockWords(at, m.end(), "near", max(middle - 60, 0), min(middle + 60, MIDNIGHT), bare)


def _point(text: str, at: int) -> ClockWords | None:
    m = _AT.match(text, at)
    if not m:
        return None
    first = minutes(*m.groups()[1:])
    if first is None:
        return None
    _, hour, minute, half, word = m.groups()
    plain = bool(hour and not minute and not half and "oclock" not in m[0])
    bare = not (half or word or int(hour or 0) > 12)
    return ClockWords(at, m.end(), "point", first, first + 1, bare, weak=plain and not (m[1] or "").startswith("at"))


def _part(text: str, at: int) -> ClockWords | None:
    m = _PART.match(text, at)
    if not m:
        return None
    _, first, last = next(part for i, part in enumerate(_PARTS) if m[f"p{i}"])
    return ClockWords(at, m.end(), "part", first * 60, last * 60)


def shifted(words: ClockWords, part: ClockWords) -> ClockWords | None:
    """`words` inside the part of the day that was named beside it: "8 in the evening" is 20:00. None when they do not meet."""
    for shift in (0, 720, -720) if words.bare else (0,):
        first, last = words.first, words.last
        if words.kind != "before":
            first += shift
        if words.kind != "after":
            last += shift
        low, high = max(first, part.first), min(last, part.last)
        if low < high and first >= 0 and last <= MIDNIGHT:
            return ClockWords(words.start, words.end, words.kind, low, high, words.bare)
    return None
