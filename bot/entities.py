"""Recognisers of what a patient tells about themselves and a visit: phone, date of birth, name, visit type, location.

Pure functions of text; the Rasa component that calls them is `bot/times.py`. All of it is untrusted text: the scheduling
service checks every value again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

import phonenumbers

from clinic.config import Clinic

REGION = "US"
OLDEST = 120


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene",
            "february feb febrero",
            "march mar marzo",
            "april apr abril abr",
            "may mayo",
            "june jun junio",
            "july jul julio",
            "august aug agosto ago",
            "september sept sep septiembre setiembre",
            "october oct octubre",
            "november nov noviembre",
            "december dec diciembre dic",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR = r"(?P<year>(?:19|20)\d\d|'?\d\d)"
NUMERIC = re.compile(
    rf"(?<![\d/.-])(?P<first>\d{{1,2}})\s?[/.\- ]\s?(?P<second>\d{{1,2}})\s?[/.\- ]\s?{_YEAR}(?![\d/-])"
)
ISO = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)-(?P<first>\d{1,2})-(?P<second>\d{1,2})(?!\d)")
COMPACT = re.compile(r"^\D{0,12}(?P<first>\d\d)(?P<second>\d\d)(?P<year>(?:19|20)\d\d)\D{0,3}$")
MONTH_FIRST = re.compile(
    rf"\b(?P<month>{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?:of\s+)?{_YEAR}\b", re.I
)
DAY_FIRST = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|ro)?\s+(?:of\s+|de\s+)?(?P<month>{_MONTH})\b\.?,?\s*(?:of\s+|del?\s+)?{_YEAR}\b",
    re.I,
)
BORN = re.compile(r"\b(?:born|birth(?:day|date)?|d\.?\s?o\.?\s?b|bday|nac\w*|cumplea\w*)\b", re.I)
NAME_GIVEN = re.compile(
    r"\b(?:my (?:full )?name is|my name's|name is|name:|i am called|mi nombre(?: completo)? es|me llamo|soy)\s+(?P<name>[^\d,.;:!?\n]{2,60})",
    re.I,
)
NAME_SHAPE = re.compile(r"^[^\W\d_](?:[^\W\d_]|['’.\-])*(?: [^\W\d_](?:[^\W\d_]|['’.\-])*){0,4}$")
NO_NAME = _words(
    """yes no ok okay sure stop cancel help back why what when where who how is are can could do does the a an my me i you it
    to for and not want need please thanks thank hello hi hey never mind nothing none tms appointment visit book si gracias hola
    que como cuando donde cuanto quiero necesito cita ayuda por una un later today tomorrow morning afternoon español espanol
    inglés ingles english spanish"""
)


def phone(text: str) -> str | None:
    """The first valid phone number in the text, as E.164 (`+16125550100`); ten digits are a US number."""
    for match in phonenumbers.PhoneNumberMatcher(text, REGION, leniency=phonenumbers.Leniency.POSSIBLE):
        number = match.number
        digits = sum(letter.isdigit() for letter in match.raw_string)
        if digits >= 10 and phonenumbers.is_possible_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None


def date_of_birth(text: str, today: date, asked: bool, language: str = "en") -> date | None:
    """A date of birth: a past date with its year, when it was asked for, or the message says "born" or the like.

    Numbers are month/day/year, as written in the United States; day/month/year where the first number allows no month.
    """
    if not asked and not BORN.search(text):
        return None
    plain = _plain(text)
    for pattern in (ISO, COMPACT, NUMERIC, MONTH_FIRST, DAY_FIRST):
        if (match := pattern.search(plain)) and (born := _date(match, today)):
            return born
    return None


def name(text: str, asked: bool) -> str | None:
    """A person's name: what follows "my name is", or, when it was asked for, a whole message that has the shape of a name."""
    if match := NAME_GIVEN.search(text):
        given = re.split(r"\s+(?:and|y|but|pero|born|my|mi|phone|dob)\s", match["name"], maxsplit=1)[0].strip()
        if NAME_SHAPE.match(given) and not _ordinary(given):
            return _capital(given)
    whole = re.sub(r"^(?:it's|its|it is|this is|i'm|im|i am|es)\s+", "", text.strip().rstrip(".!"), flags=re.I)
    if asked and NAME_SHAPE.match(whole) and not _ordinary(whole):
        return _capital(whole)
    return None


def visit_type(text: str, clinic: Clinic) -> str | None:
    """The id of the visit type that the message names, by the clinic's own names and common words for them."""
    plain = _plain(text)
    for identifier, words in SYNONYMS.items():
        if identifier in {kind.id for kind in clinic.visit_types} and re.search(words, plain):
            return identifier
    for kind in clinic.visit_types:
        if any(re.search(rf"\b{re.escape(_plain(label))}s?\b", plain) for label in kind.names.values()):
            return kind.id
    return None


SYNONYMS: Mapping[str, str] = {
    "follow-up": r"\b(?:follow ?-? ?ups?|check ?-?ups?|seguimiento|revision)\b",
    "mapping": r"\b(?:mapping|motor threshold|first treatment|mapeo|primer tratamiento)\b",
    "session": r"\b(?:(?:treatment|tms|next|daily) sessions?|treatments? appointment|sesion(?:es)?(?: de tratamiento)?)\b",
    "consultation": r"\b(?:consults?|consultations?|consultas?|intake|evaluation|eval|assessment|initial (?:visit|appointment)|"
    r"first (?:visit|appointment|time visit)|new patient|evaluacion|primera (?:cita|visita)|valoracion)\b",
}


def location(text: str, clinic: Clinic) -> str | None:
    """The id of the one location whose name is in the message; None when none or several are."""
    plain = _plain(text)
    named = [place.id for place in clinic.locations if re.search(rf"\b{re.escape(_plain(place.name))}\b", plain)]
    return named[0] if len(named) == 1 else None


def _date(match: re.Match[str], today: date) -> date | None:
    parts = match.groupdict()
    year = int(parts["year"].lstrip("'"))
    if year < 100:
        year += 2000 if year <= today.year % 100 else 1900
    if parts.get("month"):
        month, day = MONTHS[parts["month"].lower()], int(parts["day"])
    else:
        month, day = int(parts["first"]), int(parts["second"])
        if month > 12:
            month, day = day, month
    try:
        born = date(year, month, day)
    except ValueError:
        return None
    return born if born < today and today.year - year <= OLDEST else None


def _ordinary(words: str) -> bool:
    parts = re.split(r"[ \-]", words.lower())
    return any(part in NO_NAME for part in parts)


def _capital(words: str) -> str:
    return (
        words if words != words.lower() and words != words.upper() else " ".join(w.capitalize() for w in words.split())
    )


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
