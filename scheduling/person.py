"""What we ask of a person: name, date of birth and phone number, each checked as early as possible."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

import phonenumbers

from scheduling import sentences
from scheduling.problem import BadRequest

MAX_NAME = 120
OLDEST = 120
STAFF, VISITOR = "staff", "visitor"
ON_FILE, BY_TEXT, IN_CHAT = "on_file", "by_text", "in_chat"
"""How somebody agreed to text messages: on the clinic's own papers, by writing from that number, in answer to a question of its own."""

_CONTROL = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@dataclass(frozen=True)
class Patient:
    """A minimal record. `origin`: `staff` entered it, or a `visitor` typed it into a chat. `phone` is E.164.

    `sms_ok`: text messages may be sent. How (`sms_method`), when and to which version of the words that was said; None while it
    never was.
    """

    id: str
    name: str
    date_of_birth: date
    phone: str
    origin: str
    created_at: int
    language: str = "en"
    email: str | None = None
    sms_ok: bool = True
    sms_method: str | None = ON_FILE
    sms_wording: str | None = None
    sms_at: int | None = None
    erased_at: int | None = None


@dataclass(frozen=True)
class Details:
    """A person's details as given now, checked. `phone` is E.164."""

    name: str
    date_of_birth: date
    phone: str


def details(name: str, date_of_birth: str, phone: str, today: date) -> Details:
    """Check what a person typed. Raises `invalid_patient` with the `field` that is wrong."""
    return Details(_name(name), _birth(date_of_birth, today), number(phone))


def caller_details(name: str, phone: str) -> tuple[str, str]:
    """Name and E.164 number of somebody who wants to be called. Raises `invalid_patient`."""
    return _name(name), number(phone)


def number(text: str, region: str = "US") -> str:
    """A phone number as E.164. Raises `invalid_patient`. Fictional 555-01xx numbers count as right: they look like it."""
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise _wrong_phone() from error
    if not phonenumbers.is_possible_number(parsed) or parsed.extension:
        raise _wrong_phone()
    national = str(parsed.national_number)
    if parsed.country_code == 1 and (national[0] in "01" or national[3] in "01"):
        raise _wrong_phone()
    if parsed.country_code != 1 and not phonenumbers.is_valid_number(parsed):
        raise _wrong_phone()
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def age(birth: date, on: date) -> int:
    """Full years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def folded(name: str) -> str:
    """A name for comparing: no accents, case, punctuation or order. "García-López, José" → "garcia jose lopez"."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"[^\W\d_]+", "".join(char for char in plain if not unicodedata.combining(char)))
    return " ".join(sorted(words))


def _name(text: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", text).split())
    bad = any(unicodedata.category(char) in _CONTROL for char in name)
    if bad or not 2 <= len(name) <= MAX_NAME or not any(char.isalpha() for char in name):
        raise sentences.invalid_patient(
            "Please give a first and last name, as on your ID.",
            "Escriba su nombre y apellido, como en su identificación.",
            "name",
        )
    return name


def _birth(text: str, today: date) -> date:
    try:
        birth = date.fromisoformat(text)
    except ValueError:
        birth = date.max
    if birth > today or age(birth, today) > OLDEST:
        raise sentences.invalid_patient(
            "Please give a date of birth that exists, with month, day and year.",
            "Escriba una fecha de nacimiento que exista, con mes, día y año.",
            "date_of_birth",
        )
    return birth


def _wrong_phone() -> BadRequest:
    return sentences.invalid_patient(
        "Please give a phone number with area code, like 612-555-0123.",
        "Escriba un número de teléfono con código de área, como 612-555-0123.",
        "phone",
    )
