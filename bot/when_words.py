"""Patients' spelling to plain words: shorthand, typos, spelled numbers and clock notations become one canonical spelling.

`canonical("Tmrw @ half past nine, b4 X-mas")` is `"tomorrow at 9:30, before christmas"`. Afterwards weekdays and months are
written out (the month May as `maymonth`, as "may" is mostly a verb), apostrophes are gone, clock times are `9`, `9:30`, `9am`,
`9:30pm`, `noon`, and days of the month that were ordinals are `14th`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "maymonth", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_SHORT = {
    "mon": "monday", "mons": "mondays", "tue": "tuesday", "tues": "tuesday", "weds": "wednesday", "wed": "wednesday", "dnt": "dont", "cnt": "cant", "wnt": "want", "wld": "would", "cld": "could", "hv": "have",
    "wrk": "work", "wrks": "works", "wens": "wednesday", "wedn": "wednesday",
    "thu": "thursday", "thur": "thursday", "thurs": "thursday", "thrs": "thursday", "thr": "thursday", "fri": "friday",
    "fris": "fridays", "sats": "saturdays", "jan": "january", "feb": "february", "febr": "february", "apr": "april",
    "jun": "june", "jul": "july", "aug": "august", "sep": "september", "sept": "september", "oct": "october",
    "nov": "november", "dec": "december", "2day": "today", "tday": "today", "2nite": "tonight", "2night": "tonight",
    "tonite": "tonight", "tmrw": "tomorrow", "tmrrw": "tomorrow", "tmw": "tomorrow", "tmr": "tomorrow", "2moro": "tomorrow",
    "2morrow": "tomorrow", "2mrw": "tomorrow", "2mro": "tomorrow", "tmoro": "tomorrow", "2mor": "tomorrow", "tomm": "tomorrow",
     "nxt": "next", "nex": "next", "wk": "week", "wks": "weeks", "wek": "week", "weke": "week", "weeek": "week", "wkend": "weekend", "wknd": "weekend",
    "wkends": "weekends", "wkday": "weekday", "wkdays": "weekdays", "wkdy": "weekday", "mth": "month", "mths": "months",
    "mo": "month", "hr": "hour", "hrs": "hours", "yr": "year", "yrs": "years", "mins": "minutes", "b4": "before",
    "bfore": "before", "befor": "before", "aft": "after", "aftr": "after", "aftn": "afternoon", "aftnoon": "afternoon",
    "arvo": "afternoon", "morn": "morning", "mrng": "morning", "mornin": "morning", "evng": "evening", "nite": "night",
    "btwn": "between", "btw": "between", "bw": "between", "thru": "through", "til": "until", "till": "until", "asp": "asap",
    "xmas": "christmas", "qtr": "quarter", "arnd": "around", "appt": "appointment", "apt": "appointment", "appts": "appointments",
    "appointmnt": "appointment", "sesh": "session", "resched": "reschedule", "ur": "your", "2nd": "2nd", "cannot": "cant",
    "avail": "available", "anytime": "any time", "sometime": "some time", "midday": "midday", "lunchtime": "lunchtime",
    "weekdays": "weekdays", "noonish": "around noon", "middayish": "around noon", "earlyish": "early", "gonna": "going to",
    "wont": "wont", "hafta": "have to", "gotta": "have to", "cuz": "because", "bc": "because", "except": "except",
    "xcept": "except", "exept": "except", "everyday": "every day", "mid": "mid", "everyweek": "every week",
    "tgiving": "thanksgiving", "nye": "new years eve", "earliest": "earliest", "aftrnoon": "afternoon", "soonest": "soonest",
}  # fmt: skip
_FUZZY = {
    **{word: 2 if len(word) > 6 else 1 for word in (*WEEKDAYS, *MONTHS) if len(word) > 5 and word != "maymonth"},
    "tomorrow": 2, "morning": 1, "afternoon": 2, "evening": 1, "weekend": 1, "christmas": 1, "thanksgiving": 2, "between": 1,
    "tonight": 1, "reschedule": 2,
}  # fmt: skip
_REAL_WORDS = frozenset(
    [
        "mourning",
        "moaning",
        "evenings",
        "mornings",
        "afternoons",
        "weekends",
        "weekday",
        "weekdays",
        "sundae",
        "monthly",
        "mondays",
        "tuesdays",
        "wednesdays",
        "thursdays",
        "fridays",
        "saturdays",
        "sundays",
        "today",
        "monday",
        "friday",
        "decent",
        "jury",
        "augusta",
        "evening",
        "evenly",
        "weeked",
        "tomorrows",
        "remember",
        "member",
        "rescheduled",
        "reschedules",
        "scheduled",
        "schedule",
        "yesterday",
        "sunny",
        "mundane",
        "goodness",
        "warning",
        "turning",
        "burning",
        "morningish",
    ]
)
_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fourty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_ORDINALS = [
    "-",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
_NUMBER = {word: i for i, word in enumerate(_UNITS)} | _TENS
_ORDINAL = {word: i for i, word in enumerate(_ORDINALS) if i} | {"thirtieth": 30}
_DAY = r"(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)"
_MONTH_SHORT = "jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec"
_LETTER_DAYS = {
    "m": "monday",
    "t": "tuesday",
    "tu": "tuesday",
    "w": "wednesday",
    "th": "thursday",
    "r": "thursday",
    "f": "friday",
}
_HOUR_WORD = "|".join(_UNITS[1:13])
_MINUTE_WORD = r"fifteen|thirty|forty five|twenty five|forty|twenty|ten|fifty|fifty five"

# (pattern, replacement), in order; each is one habit of writing.
_NOTATIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (r"[’‘`´']", ""),
        (r"\bb4 ?(?=\d)", "before "),
        (r"\b(?:aft|aftr|afta) ?(?=\d)", "after "),
        (r"\barn?d ?(?=\d)", "around "),
        (rf"\b({_DAY}[a-z]*|tomorrow|tmrw|2mrw|wk|week|this) aft\b(?! ?\d)", r"\1 afternoon"),
        (r"\baft(?=\s*(?:$|[,.?!]))", "afternoon"),
        (r"\bb/w\b", "between"),
        (r"(?<=\d) n (?=\d)", " and "),
        (r"[‐‑‒–−]", "-"),
        (r"\s*(?:—|-->|->|=>|→)\s*", " to "),
        (r"(?<=\w),? ?¿", " . "),
        (r"[¿¡]", " "),
        (r"\ba\.\s?m\b\.?", "am"),
        (r"\bp\.\s?m\b\.?", "pm"),
        (r"\bo ?clock\b", "oclock"),
        (rf"\b({_MONTH_SHORT})\.(?= ?\d| ?the)", r"\1"),
        (rf"\b({_DAY})\.(?=,? (?:\d|the|at|morning|afternoon|evening|am|pm|and|or|{_MONTH_SHORT})|,)", r"\1"),
        (r"\s*@\s*", " at "),
        (r"&", " and "),
        (r"\bw/o\b", "without"),
        (r"\bw/(?=\s|\w)", "with "),
        (r"\bx-mas\b", "christmas"),
        (r"\b(\d{1,2}):?([0-5]\d)\s?([ap])m?\b(?!(?<=\sa) (?:\d|noon|later))", r"\1:\2\3m"),
        (r"\b(\d{1,2})\.([0-5]\d)\s?(am|pm)\b", r"\1:\2\3"),
        (r"\b(at|after|before|by|around|until)\s(\d{1,2})\.([0-5]\d)\b", r"\1 \2:\3"),
        (r"\b(0?[1-9]|1[0-2])\s?(am|pm)\b", r"\1\2"),
        (r"\b(\d{1,2})([ap])\b", r"\1\2m"),
        (r"\b(?:noon|midday)[ -]?ish\b", "around noon"),
        (r"\b(at|by|before|after|until) ([01]\d|2[0-3])([0-5]\d)\b(?<!20[2-4]\d)(?![\d/-])", r"\1 \2:\3"),
        (rf"\b(\d{{1,2}}/\d{{1,2}}|{_DAY}[a-z]*|tomorrow|tmrw) (0[7-9]|1[0-8])([0-5]\d)\b(?![\d/-])", r"\1 at \2:\3"),
        (r"\bat (?:like|maybe|say) (?=\d)", "at "),
        (
            rf"(?<![-/\d])\b(1[0-2]|[1-9])(00|10|15|20|30|40|45|50) (?=(?:on )?(?:{_DAY}\b|{_DAY}[a-z]*day|tomorrow|tmrw))",
            r"\1:\2 ",
        ),
        (
            rf"\b({_DAY}|{_DAY}[a-z]*day|tomorrow|tmrw) ([1-9])(00|10|15|20|30|40|45|50)\b(?![\d/-]| ?(?:mg|ml|mcg|lb))",
            r"\1 at \2:\3",
        ),
        (r"\b([01]?\d|2[0-3])h([0-5]\d)\b", r"\1:\2"),
        (
            r"\b(at|after|before|by|around|until|till) (1[0-2]|[1-9])([0-5]\d)\b(?![\d/-]|\.\d|[ .-]{1,2}\d{3})",
            r"\1 \2:\3",
        ),
        (r"\b(between|btwn|btw|bw|from) (1[0-2]|[1-9])([0-5]\d)\b(?= (?:and|to|until) )", r"\1 \2:\3"),
        (
            r"(?<!and )(?<!to )(?<!at )(?<!after )(?<!before )(?<!until )(?<!by )(?<!or )(?<!las )(?<!- )(?<!around )\b4 (?=(?:me|u|you|my|the|a|an)\b)",
            "for ",
        ),
        (r"\b(\d{1,2}(?::\d\d)?(?:am|pm)?) ?\+(?!\d)", r"after \1"),
        (r"\b(\d{1,2}(?::\d\d)?(?:am|pm)?)[ -]?ish\b", r"around \1"),
        (r"\bmwf\b", "monday, wednesday and friday"),
        (r"\bt ?thu?\b|\btuth\b|\bt/thu?\b|\btr\b", "tuesday and thursday"),
        (r"\bm(?:on)? ?- ?f(?:ri)?\b", "monday to friday"),
        (r"\bm ?- ?th?\b", "monday to thursday"),
        (r"\bday ?b4\b", "day before"),
        (r"\ba ?sap\b|\ba\.s\.a\.p\.?", "asap"),
        (r"\b(?:mid)[ -](?=[a-z])", "mid "),
        (r"\b(late|early|mid|week|day|end)-(?=[a-z])", r"\1 "),
        (r"\b([a-z]{3,})\s?-\s?([a-z]{3,})\b(?=.{0,1})", r"\1-\2"),
    )
)
_NEXT_TOO = re.compile(
    r"\b(this (week|month|weekend),? (?:or|but|and)(?: the)?) next\b(?! (?:week|month|[a-z]*day|one))"
)
_SWAP = re.compile(r"\b(?:swap|trade|switch|exchange|change|move)")
_N = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_DAYS_OF_MONTH = re.compile(
    rf"\b({_N})( ?)(or|and|to|through|until|-) ?(?:the )?({_N}) (?:of )?({'|'.join(MONTHS)})\b(?! \d)"
)
_WEEKS_OF_MONTH = re.compile(
    rf"\b(\d(?:st|nd|rd|th)|first|last) (or|and) ((?:the )?(?:\d(?:st|nd|rd|th)|second|last) week of)(?= ((?:{'|'.join(MONTHS)}|next month)))"
)
_EVE = re.compile(rf"\b({_DAY}[a-z]*|this|tomorrow|tmrw|in the|any|next week|late|early)\s+eve\b")
_LETTERS = re.compile(r"\b((?:m|tu?|w|th|r|f)(?:/(?:m|tu?|w|th|r|f))+)\b")
_SLASH_DAYS = re.compile(rf"\b({_DAY}[a-z]*)\s?/\s?(?={_DAY}|today|tomorrow|next)")
_DASH_DAYS = re.compile(rf"\b({_DAY}[a-z]*)\s?-\s?({_DAY}[a-z]*)\b")
_SAT_VERB = re.compile(
    r"\b(i|he|she|we|they|it|who|just|have|ive|and|had|there|patient) sat\b|\bsat (?=in the|on the|down|there|in a|still)"
)
_SUN_STAR = re.compile(r"\b(the|in|direct|of|some|much|no|to|hot) sun\b")
_MAY = re.compile(r"\b(in|of|early|mid|late|until|before|after|next|since|through|by|end) may\b|\bmay (?=(?:the )?\d)")
_MAR = re.compile(r"\bmar\b\.?(?= \d)")
_WORD = re.compile(r"[a-z0-9]+")
_TOMORROW = re.compile(r"(?:2|to?)m+[oa]?r+[aeo]*w*s?")
_ORDER = r"(?:first|1st|2nd|second|3rd|third|4th|last|final)"
_PART_OF_IT = re.compile(
    rf"\b((?:next|this) month|{'|'.join(MONTHS)})((?:,| but| not| except| only| please| excluding| without| apart from| other than|"
    rf" preferably| ideally| maybe| say| for| in| during)* )(?:the )?({_ORDER} (?:full )?(?:week|half|weekend|2 weeks))\b(?! of| in)"
)
_NEGATION = re.compile(r"\b(?:not|except|excluding|without|apart from|other than)\b")
_SPELLED_CLOCK = re.compile(rf"\b({_HOUR_WORD})[ -]({_MINUTE_WORD})\b(?! (?:minutes?|days?|weeks?|sessions?|dollars))")
_COMPOUND = re.compile(r"\b(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[ -](one|two|three|four|five|six|seven|eight|nine|first|second|third|"
                       r"fourth|fifth|sixth|seventh|eighth|ninth)\b")  # fmt: skip
_ONE = re.compile(
    r"\b(at|after|before|until|by|past|around|between|to|and|or|about|in) one\b(?! of| more| for| that| session| is)"
    r"|\bone(?= ?(?:am|pm|oclock|weeks?|months?|days?)\b)"
)
_PLAIN_ORDINAL = re.compile(
    r"\b(first|second)(?= (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|week\b|half\b|of\b))"
    rf"|(?<=the )(first|second)(?=\s*(?:$|[,.?!]| (?:at|or|and|to|through|in the|after|before) ))|(?<=(?:{'|'.join(m[-3:] for m in MONTHS)}) )(first|second)\b"
)
_HALF = re.compile(r"\b(half|quarter|5|10|20|25) (past|after) (\d{1,2})(?![:\d])(?: ?(am|pm))?")
_QUARTER_TO = re.compile(r"\b(?:a )?quarter (?:to|of|til|until|before) (\d{1,2})(?![:\d])")


def canonical(text: str) -> str:
    """`text` in canonical spelling, lower case, single spaces. Any text is fine."""
    t = unicodedata.normalize("NFKC", text).lower()
    t = re.sub(r"\s+", " ", re.sub(r"[\n\r;]+", " . ", t)).strip()
    t = _LETTERS.sub(lambda m: " and ".join(_LETTER_DAYS[x] for x in m[1].split("/")), t)
    for pattern, new in _NOTATIONS:
        t = pattern.sub(new, t)
    t = _SLASH_DAYS.sub(r"\1 or ", t)
    t = _DASH_DAYS.sub(r"\1 to \2", t)
    t = _EVE.sub(r"\1 evening", t)
    t = re.sub(r"\b(i|we) wed\b", r"\1 married", t)
    t = _SAT_VERB.sub(lambda m: m[0].replace("sat", "seated"), t)
    t = _SUN_STAR.sub(r"\1 sunlight", t)
    t = re.sub(r"\bsat\b", "saturday", re.sub(r"\bsun\b", "sunday", t))
    t = _MAR.sub("march", t)
    t = _WORD.sub(lambda m: _spelling(m[0]), t)
    t = _MAY.sub(lambda m: m[0].replace("may", "maymonth"), t)
    t = re.sub(r"\b(wait|hold off|hold out|delay)(?: it)? until\b", r"\1 for", t)
    t = re.sub(r"\b(of|in) the new year\b", r"\1 january", t)
    t = re.sub(r"\b(?:a )?fortnight\b", "2 weeks", t)
    t = _NEXT_TOO.sub(r"\1 next \2", t)
    t = re.sub(r"\btonight\b", "today evening", re.sub(r"\bthis (morning|afternoon|evening)\b", r"today \1", t))
    if _SWAP.search(t):
        t = re.sub(
            r"(?<!at )(?<!after )(?<!before )(?<!by )(?<!to )\b4 (?=[a-z]+day\b|tomorrow|next|the \d)", "for ", t
        )
        t = re.sub(r"(?<=am|pm|ay|it|me|nt|ow|on|om) 2 (?=[a-z]+day\b|tomorrow|next|this|the \d)", " to ", t)
    t = re.sub(r"(\bweek\b.{0,40}?)\b(?:the )?one after(?: that)?(?=\s*(?:$|[,.?!]))", r"\1the week after", t)
    t = _numbers(t)
    t = re.sub(
        r"\bby (?:eod|cob|(?:the )?end of (?:the )?day|close of business),? (?=on |[a-z]+day|tomorrow|today|the \d)",
        "by ",
        t,
    )
    t = re.sub(
        rf"\b(?:the )?(\d{{1,2}}/\d{{1,2}}|(?:{'|'.join(MONTHS)}) \d{{1,2}}(?:st|nd|rd|th)?) week\b", r"week of \1", t
    )
    t = re.sub(rf"\bnext year,? (?:in )?({'|'.join(MONTHS)})\b", r"\1", t)
    t = _PART_OF_IT.sub(_part_of_it, t)
    t = _WEEKS_OF_MONTH.sub(lambda m: f"{m[1]} week of {m[4]} {m[2]} {m[3]}", t)
    t = re.sub(
        r"\b(early|late|mid) ((?:on )?(?:[a-z]+day|tomorrow|today)) (morning|afternoon|evening)\b", r"\2 \1 \3", t
    )
    t = _DAYS_OF_MONTH.sub(r"\5 \1 \3 \5 \4", t)
    return re.sub(r"\s+", " ", t).strip()


def _part_of_it(m: re.Match[str]) -> str:
    """ "next month, not the first week" → "… not first week of next month"; without a "not" the part alone is meant."""
    part = f"{m[3]} of {m[1]}"
    return f"{m[1]}{m[2]}{part}" if _NEGATION.search(m[2]) else part


@lru_cache(8192)
def _spelling(word: str) -> str:
    if word in _SHORT:
        return _SHORT[word]
    if word[0] in "t2" and _TOMORROW.fullmatch(word):
        return "tomorrow"
    if len(word) < 5 or not word.isalpha() or word in _REAL_WORDS or word in _FUZZY:
        return word
    plural = word.endswith("s") and len(word) > 6
    for target, most in _FUZZY.items():
        if word[0] == target[0] and abs(len(word) - len(target)) <= most and 0 < distance(word, target) <= most:
            return target
        if (
            plural
            and word[0] == target[0]
            and abs(len(word) - 1 - len(target)) <= most
            and distance(word[:-1], target) <= most
        ):
            return target + "s"
    return word


def distance(a: str, b: str) -> int:
    """Edits from `a` to `b`: insert, delete, replace, or swap two neighbours (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _numbers(t: str) -> str:
    t = _SPELLED_CLOCK.sub(lambda m: f"{_NUMBER[m[1]]}:{_spelled(m[2]):02d}", t)
    t = _COMPOUND.sub(lambda m: _compound(m[1], m[2]), t)
    t = _ONE.sub(lambda m: m[0].replace("one", "1"), t)
    t = _PLAIN_ORDINAL.sub(lambda m: ordinal(_ORDINAL[m[0]]), t)
    t = re.sub(r"[a-z]+", lambda m: _one_number(m[0]), t)
    t = re.sub(r"\b([1-9]|1[0-2]) (am|pm)\b", r"\1\2", t)
    t = re.sub(r"\b(\d{1,2}):(\d\d) (am|pm)\b", r"\1:\2\3", t)
    t = re.sub(r"\b(\d{1,2}) (st|nd|rd|th)\b", r"\1\2", t)
    minutes = {"half": 30, "quarter": 15}
    t = _HALF.sub(lambda m: f"{m[3]}:{minutes.get(m[1]) or int(m[1]):02d}{m[4] or ''}", t)
    t = re.sub(
        r"(?<![:\d/])\b(20|25) (?:to|till|until|of) (\d{1,2})\b(?![:\d/]| [a-z]*(?:weeks|minutes|sessions))",
        lambda m: f"{(int(m[2]) - 2) % 12 + 1}:{60 - int(m[1])}",
        t,
    )
    return _QUARTER_TO.sub(lambda m: f"{(int(m[1]) - 2) % 12 + 1}:45", t)


def _one_number(word: str) -> str:
    if word in {"one", "first", "second", "zero"}:  # mostly a pronoun, "first available", a moment
        return word
    if word in _NUMBER:
        return str(_NUMBER[word])
    return ordinal(_ORDINAL[word]) if word in _ORDINAL else word


def _spelled(words: str) -> int:
    return sum(_NUMBER[w] for w in words.split())


def _compound(tens: str, unit: str) -> str:
    return str(_TENS[tens] + _NUMBER[unit]) if unit in _NUMBER else ordinal(_TENS[tens] + _ORDINAL[unit])


def ordinal(n: int) -> str:
    """14 → "14th"."""
    return f"{n}{'th' if 10 < n % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
