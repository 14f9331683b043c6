"""How we speak: sentences by language and channel, dates, times and places.

Every date names its weekday, every time its am or pm, every visit its location; the zone is said when it differs from the
clinic's, and in every confirmation. Text messages hold only characters of the GSM alphabet, which keeps them short.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from actions.sentences_en import ENGLISH
from actions.sentences_es import SPANISH
from actions.visits import Slot, moment
from clinic.config import Clinic

DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "es": [
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
}
ZONES = {
    "America/New_York": ("Eastern Time", "hora del Este"),
    "America/Chicago": ("Central Time", "hora del Centro"),
    "America/Denver": ("Mountain Time", "hora de la Montaña"),
    "America/Phoenix": ("Arizona Time", "hora de Arizona"),
    "America/Los_Angeles": ("Pacific Time", "hora del Pacífico"),
    "America/Anchorage": ("Alaska Time", "hora de Alaska"),
    "Pacific/Honolulu": ("Hawaii Time", "hora de Hawái"),
}
GSM = str.maketrans("áíóúÁÍÓÚ’‘“”–—…•", "aiouAIOU''\"\"--.-")


def sentence(key: str, language: str, channel: str, **values: object) -> str:
    """The sentence `key`; a text message takes its shorter form where there is one. KeyError for an unknown key."""
    book = SPANISH if language == "es" else ENGLISH
    text = (channel == "sms" and book.get(f"{key}.sms")) or book[key]
    return text.format(**values)


def known(key: str) -> bool:
    """Whether there is a sentence of this key."""
    return key in ENGLISH


def paragraphs(parts: Sequence[str], channel: str) -> str:
    """Several sentences as one message: paragraphs on the web, one plain run of text by SMS."""
    if channel == "sms":
        return " ".join(part.strip() for part in parts if part.strip()).translate(GSM)
    return "\n\n".join(part.strip() for part in parts if part.strip())


def day(value: date, language: str, today: date | None = None, short: bool = False) -> str:
    """ "Tuesday, December 1"; with the year when it is not this year's. Short: "Tue Dec 1"."""
    weekday, month = DAYS[language][value.weekday()], MONTHS[language][value.month - 1]
    year = today is not None and value.year != today.year
    if short:
        weekday, month = weekday[:3], month[:3]
        text = f"{weekday} {value.day} {month}" if language == "es" else f"{weekday} {month} {value.day}"
        return f"{text} {value.year}" if year else text
    if language == "es":
        return f"{weekday} {value.day} de {month}" + (f" de {value.year}" if year else "")
    return f"{weekday}, {month} {value.day}" + (f", {value.year}" if year else "")


def time(value: datetime, language: str = "en") -> str:
    """ "1:30 pm"."""
    return f"{value.hour % 12 or 12}:{value.minute:02} {'am' if value.hour < 12 else 'pm'}"


def zone(tz: str, language: str) -> str:
    """The zone in words; the IANA name when we know no words."""
    names = ZONES.get(tz)
    return (names[1] if language == "es" else names[0]) if names else tz


def visit(slot: Slot, clinic: Clinic, language: str, today: date, short: bool = False) -> str:
    """A visit's time in full: "Tuesday, December 1, 1:30 pm, North Loop"."""
    begins = slot.begins
    parts = [day(begins.date(), language, today, short), time(begins, language)]
    if slot.tz != clinic.timezone:
        parts[1] += f" {zone(slot.tz, language)}"
    parts.append(place(slot.location, clinic))
    return " ".join(parts) if short else ", ".join(parts)


def place(location: str, clinic: Clinic) -> str:
    """A location's name; its id when clinic.yml no longer has it."""
    return next((item.name for item in clinic.locations if item.id == location), location)


def clock_time(iso: str, tz: str, language: str) -> str:
    """The local time of day of an ISO time."""
    return time(moment(iso, tz), language)


def birthday(iso: str, language: str) -> str:
    """ "March 4, 1980": in words, so that month and day cannot be mistaken."""
    value = date.fromisoformat(iso)
    month = MONTHS[language][value.month - 1]
    return f"{value.day} de {month} de {value.year}" if language == "es" else f"{month} {value.day}, {value.year}"


def listing(items: Sequence[str], language: str) -> str:
    """ "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + (" y " if language == "es" else " and ") + items[-1]
