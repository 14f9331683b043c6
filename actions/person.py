"""Reading a name, a date of birth and a phone number from what a patient typed.

Nothing here decides who someone is: the scheduling service does.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import phonenumbers

MONTHS = {
    name[:3]: place
    for place, name in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        1,
    )
} | {
    name[:3]: place
    for place, name in enumerate(
        [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
        1,
    )
}
INTRODUCTION = re.compile(
    r"^(?:(?:hi|hello|hey|hola|yes|yeah|sure|ok|okay|si|sí|well|um|so)[,!. ]+)*"
    r"(?:it'?s|it is|this is|i'?m|i am|my (?:full )?name(?:'s| is)?|the name(?:'s| is)|name(?: is)?[:]?|call me|"
    r"me llamo|mi nombre(?: completo)? es|soy|nombre:?)\s+",
    re.IGNORECASE,
)
NOT_A_NAME = frozenset(
    [
        "yes",
        "no",
        "ok",
        "okay",
        "sure",
        "maybe",
        "what",
        "why",
        "how",
        "when",
        "where",
        "who",
        "which",
        "please",
        "help",
        "stop",
        "none",
        "nothing",
        "never",
        "mind",
        "back",
        "birthday",
        "number",
        "phone",
        "appointment",
        "book",
        "tomorrow",
        "today",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "morning",
        "afternoon",
        "evening",
        "anonymous",
        "later",
        "idk",
        "dunno",
        "don't",
        "dont",
        "know",
        "skip",
        "private",
        "secret",
        "is",
        "are",
        "can",
        "do",
        "does",
        "would",
        "it",
        "my",
        "your",
        "the",
        "this",
        "that",
        "si",
        "que",
        "como",
        "cuando",
        "donde",
        "quien",
        "por",
        "favor",
        "nada",
        "ayuda",
        "manana",
        "hoy",
        "cita",
        "lunes",
        "martes",
        "miercoles",
        "jueves",
        "viernes",
        "tu",
        "not",
        "think",
        "want",
        "need",
        "hurt",
        "hurts",
        "pain",
        "tms",
        "cost",
        "much",
        "get",
        "have",
        "guess",
        "whatever",
        "same",
        "change",
        "thanks",
        "thank",
        "thx",
        "ty",
        "lot",
        "hello",
        "hi",
        "hey",
        "bye",
        "goodbye",
        "too",
        "far",
        "away",
        "any",
        "anytime",
        "time",
        "mornings",
        "afternoons",
        "evenings",
        "weekday",
        "weekdays",
        "weekend",
        "weekends",
        "days",
        "week",
        "weeks",
        "hmm",
        "huh",
        "wait",
        "sorry",
        "first",
        "second",
        "third",
        "sounds",
        "cool",
        "great",
        "nope",
        "yep",
        "yeah",
        "",
        "scared",
        "afraid",
        "anxious",
        "nervous",
        "lol",
        "on",
        "at",
        "for",
        "with",
        "gracias",
        "hola",
        "adios",
        "perdon",
        "vale",
        "tarde",
        "tardes",
        "mananas",
        "noche",
        "noches",
        "nadie",
        "primera",
        "segunda",
    ]
)
PARTICLES = frozenset({"de", "del", "la", "las", "los", "van", "von", "der", "da", "di", "dos", "bin", "al"})
NOT_FIRST = frozenset({"la", "el", "mi"})
"""Inside a name they are names: Maria de la Cruz, Kim Mi Sun."""
OLDEST = 120


def name(text: str) -> str | None:
    """A name as typed, tidied; None when it does not look like one (digits, emoji, a question, a sentence)."""
    words = re.sub(r"\s+", " ", INTRODUCTION.sub("", text.strip())).strip(" .,!;:\"'()")
    words = re.split(r"\s*[,;(]\s*|\s+(?:and|y)\s+(?:my|mi|i|born|nac)", words, maxsplit=1, flags=re.IGNORECASE)[
        0
    ].strip()
    if not 2 <= len(words) <= 60 or "?" in text or "¿" in text:
        return None
    parts = words.split(" ")
    if len(parts) > 5 or not all(_name_part(part) for part in parts):
        return None
    if any(_flat(part) in NOT_A_NAME for part in parts) or _flat(parts[0]) in NOT_FIRST:
        return None
    typed_with_care = words != words.lower()
    return " ".join(part if typed_with_care and part in PARTICLES else _capital(part) for part in parts)


INTRODUCED = re.compile(
    r"(?:\b(?i:i'?m|i am|my (?:full )?name(?:'s| is)|this is|name:|me llamo|mi nombre es|soy)\s+)"
    r"((?:[A-ZÁÉÍÓÚÑ][\w'’.-]+|de|la|del|van|von)(?:\s+(?:[A-ZÁÉÍÓÚÑ][\w'’.-]+|de|la|del|van|von)){1,4})"
)


def introduced(text: str) -> str | None:
    """A full name in a sentence that introduces its speaker: "I'm Ann Lee, born …". Capitals are needed here."""
    match = INTRODUCED.search(text)
    return name(match[1]) if match else None


def _name_part(part: str) -> bool:
    letters = [char for char in part if unicodedata.category(char)[0] in "LM"]
    return bool(letters) and all(unicodedata.category(char)[0] in "LM" or char in "-'’." for char in part)


def _capital(part: str) -> str:
    return part if any(char.isupper() for char in part[1:]) and not part.isupper() else _title(part)


def _title(part: str) -> str:
    return (
        re.sub(r"[^\W\d_]+", lambda match: match[0].capitalize(), part.lower())
        if part.islower() or part.isupper()
        else part
    )


def _flat(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(char))


class NoSuchDate(ValueError):
    """A date was written that the calendar does not have (February 30), or that cannot be a birthday."""


def date_of_birth(text: str, today: date) -> date | None:
    """A date of birth: "3/4/1980" (month first unless it cannot be), "March 4, 1980", "4 de marzo de 1980", "1980-03-04".

    None when there is none in the text; NoSuchDate when there is one that cannot be.
    """
    flat = _flat(text)
    if match := re.search(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b", flat):
        return _birth(int(match[1]), int(match[2]), int(match[3]), today)
    if match := re.search(r"\b(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})\b(?![-/.]?\d)", flat):
        first, second, year = int(match[1]), int(match[2]), _year(match[3], today)
        month, day = (second, first) if first > 12 >= second else (first, second)
        return _birth(year, month, day, today)
    month_name = r"(" + "|".join(sorted(MONTHS)) + r")[a-z]*\.?"
    if match := re.search(
        rf"\b{month_name}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?:of |de |del )?(\d{{4}}|'?\d{{2}})\b", flat
    ):
        return _birth(_year(match[3].strip("'"), today), MONTHS[match[1]], int(match[2]), today)
    if match := re.search(
        rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of |de )?{month_name}\s*,?\s*(?:of |de |del )?(\d{{4}}|'?\d{{2}})\b", flat
    ):
        return _birth(_year(match[3].strip("'"), today), MONTHS[match[2]], int(match[1]), today)
    if match := re.search(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)", flat):
        return _birth(int(match[3]), int(match[1]), int(match[2]), today)
    return None


def _year(text: str, today: date) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    return 2000 + year if 2000 + year <= today.year else 1900 + year


def _birth(year: int, month: int, day: int, today: date) -> date:
    try:
        born = date(year, month, day)
    except ValueError as error:
        raise NoSuchDate("no such day") from error
    if born > today or today.year - born.year > OLDEST:
        raise NoSuchDate("no birthday")
    return born


def age(born: date, today: date) -> int:
    """Whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def phone(text: str, region: str = "US") -> str | None:
    """The first valid phone number in the text, E.164; None when there is none (13 digits are none)."""
    for match in phonenumbers.PhoneNumberMatcher(text, region):
        if phonenumbers.is_valid_number(match.number):
            return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    return None


def has_digits(text: str, count: int = 5) -> bool:
    """Whether somebody seems to have typed a number."""
    return sum(char.isdigit() for char in text) >= count
