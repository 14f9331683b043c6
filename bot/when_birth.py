"""A date of birth in a patient's words; the only dates that lie in the past on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from bot.when_spanish import english, is_spanish
from bot.when_words import MONTHS, canonical
from clinic import clock

OLDEST = 120  # years
_MONTH = "|".join(MONTHS)
_YEAR = r"((?:19|20) ?\d\d|\d\d)"
_PATTERNS = (
    (re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)"), "ymd"),
    (re.compile(rf"(?<!\d)(\d{{1,2}})([-/. ]) ?(\d{{1,2}})\2 ?{_YEAR}(?!\d)"), "m.dy"),
    (re.compile(rf"\b({_MONTH})\.?,? (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?,?(?: of| in)? {_YEAR}(?!\d)"), "mdy"),
    (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ?-?({_MONTH}),?(?: of| in)? ?-?{_YEAR}(?!\d)"), "dmy"),
    (re.compile(r"(?<!\d)(\d\d)(\d\d)((?:19|20)\d\d)(?!\d)"), "mdy"),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)"), "ymd"),
    (re.compile(r"(?<!\d)(\d\d)(\d\d)(\d\d)(?!\d)"), "mdy"),
)


def date_of_birth(text: str, language: str = "en", today: date | None = None) -> date | None:
    """The date of birth in `text`, or None: no date with a year, one that does not exist, in the future, or over 120 years ago.

    Understood: 3/4/1980, 3-4-80, March 4 1980, 4 March 1980, 4 de marzo de 1980, 1980-03-04, 03041980. Figures are month first,
    as in the United States and in the clinic's records, in both languages; day first only where the other order is no date.
    Two-figure years are the latest that has passed. `today` is the clinic's date, by default that of `clinic.clock`.
    """
    now = today or clock.now().date()
    text = text[:300]
    plain = canonical(english(text, day_first=False) if language == "es" or is_spanish(text) else text)
    plain = re.sub(r"\bmar\b", "march", plain)
    return next((born for born in _dates(plain, now) if born <= now and now.year - born.year <= OLDEST), None)


def _dates(plain: str, today: date) -> Iterator[date]:
    for pattern, order in _PATTERNS:
        for m in pattern.finditer(plain):
            parts = [g for g in m.groups() if g is not None and g.strip("-/. ")]
            year, month, day = (parts[order.replace(".", "").index(unit)] for unit in "ymd")
            found = _date(_year(year, today), MONTHS.index(month) + 1 if month in MONTHS else int(month), int(day))
            if found:
                yield found


def _year(figures: str, today: date) -> int:
    year = int(figures.replace(" ", ""))
    if year > 99:
        return year
    return year + 2000 if year + 2000 <= today.year else year + 1900


def _date(year: int, month: int, day: int) -> date | None:
    if month > 12 >= day:
        month, day = day, month
    try:
        return date(year, month, day)
    except ValueError:
        return None
