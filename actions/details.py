"""A person's name, date of birth and phone number: taken in whatever order they come, asked one at a time, never twice."""

from __future__ import annotations

import re
from datetime import date

from actions import person
from actions.draft import Draft
from actions.said import plain
from actions.turn import Turn

ITEMS = ("name", "date_of_birth", "phone")
LIKE_A_DATE = re.compile(
    r"\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[-/. ]\d{1,2}[-/. ](?:\d{4}|\d{2})\b|\b\d{8}\b"
    r"|\b[a-záéíóú]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:de[l]?\s+)?\d{4}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?[a-záéíóú]{3,10},?\s+(?:de[l]?\s+)?\d{4}\b",
    re.IGNORECASE,
)
LIKE_A_PHONE = re.compile(r"\+?\(?\d[\d\s().-]{8,}\d")
LABELS = re.compile(
    r"\b(?:dob|d\.o\.b\.?|date of birth|birthday|birth date|born(?: on)?|phone(?: number)?|cell|mobile|number|nombre completo|"
    r"fecha de nacimiento|nac[íi](?: el)?|nacida? el|tel[ée]fono|celular|n[úu]mero|my|mi|is|es|and|y|it'?s|full name)\b[:]?",
    re.IGNORECASE,
)
ONE_NAME = re.compile(
    r"^\W*(?:no|none|nope|n/?a|ninguno)\b|\b(?:only|just|solo|sólo)\b|\b(?:don'?t|do not|no) (?:have|tengo)\b",
    re.IGNORECASE,
)


class TooYoung(Exception):
    """The person is under the age at which a patient may book alone."""


WHY = re.compile(
    r"\b(?:why|what for|do i (?:have|need) to|must i|do you (?:really )?need|is (?:that|it|this) necessary|por que|para que|tengo que|es necesario)\b",
    re.IGNORECASE,
)


def asks_why(turn: Turn) -> bool:
    """Whether the person asks what the item is for: "do I have to give my number?"."""
    text = turn.said.text
    return turn.open_draft.asked in ITEMS and len(text.split()) <= 12 and WHY.search(plain(text)) is not None


def tell_why(turn: Turn) -> None:
    """What the open item is for."""
    turn.say(f"why_{turn.open_draft.asked}")


def missing(draft: Draft) -> str | None:
    """The first item that is not known yet."""
    return next((item for item in ITEMS if getattr(draft, item) is None), None)


def absorb(turn: Turn, draft: Draft) -> tuple[bool, str | None]:
    """Take what this message says about the person. Returns (whether anything was used, what was wrong with it).

    What is wrong is the key of a sentence. Raises TooYoung after noting the date of birth.
    """
    said, asked = turn.said, draft.asked
    used, wrong = False, None
    text = said.text
    if phone := (said.phone and person.phone(said.phone)) or person.phone(text):
        draft.phone, used = phone, True
    elif asked == "phone" and person.has_digits(text):
        used, wrong = True, "wrong_phone"
    born, fault = _born(turn, draft)
    if born and not (used and born.isoformat() == draft.date_of_birth):
        draft.date_of_birth, used = born.isoformat(), True
    elif fault:
        used, wrong = True, wrong or fault
    if name := _name(turn, draft):
        used = True
        _take_name(draft, name)
    elif asked == "name" and draft.first_name and ONE_NAME.search(text):
        draft.name, draft.first_name, used = draft.first_name, None, True
    elif asked == "name" and not used and _only_symbols(text):
        used, wrong = True, "wrong_name"
    if born and person.age(born, turn.today()) < turn.clinic.booking.minimum_age:
        raise TooYoung
    return used, wrong


def _born(turn: Turn, draft: Draft) -> tuple[date | None, str | None]:
    """The date of birth in the message. A date is only taken for one when it was asked for, named, or has a year in the past."""
    said = turn.said
    wanted = draft.asked == "date_of_birth"
    if said.date_of_birth:
        try:
            return date.fromisoformat(said.date_of_birth), None
        except ValueError:
            pass
    text = LIKE_A_PHONE.sub(" ", said.text) if person.phone(said.text) else said.text
    if not wanted and not LIKE_A_DATE.search(text):
        return None, None
    try:
        born = person.date_of_birth(text, turn.today())
    except person.NoSuchDate:
        return None, "wrong_date_of_birth" if wanted or "born" in text.lower() else None
    if born and not wanted and draft.date_of_birth is None and turn.today().year - born.year < 1:
        return None, None
    if born and not wanted and draft.asked in ("slot", "when", "visit_type") and turn.today().year - born.year < 1:
        return None, None
    return born, None


def _name(turn: Turn, draft: Draft) -> str | None:
    """The name in the message: one that understanding found, an introduction, or, when asked for, what is left of the text."""
    said = turn.said
    if draft.asked == "name" and not turn.is_question:
        left = LABELS.sub(
            " ", LIKE_A_PHONE.sub(" ", LIKE_A_DATE.sub(" ", person.INTRODUCTION.sub("", said.text.strip())))
        )
        left = re.sub(r"[\s,;:.]+$|^[\s,;:.]+", "", re.sub(r"\s+", " ", left)).rstrip(",; ")
        if found := person.name(re.sub(r"\s*[,;]\s*.*$", "", left)) or (said.name and person.name(said.name)):
            return found
    if draft.name is None or draft.asked == "name":
        known = (person.name(said.name) if said.name else None) or person.introduced(said.text)
        return known or (_between_commas(turn) if said.phone or LIKE_A_DATE.search(said.text) else None)
    return None


def _between_commas(turn: Turn) -> str | None:
    """The name in "consult tues 2pm, Ann Lee 3/4/1980, 612-555-0123": two to four capitalised words after a comma.

    Before it, too, when times are already on offer and the message speaks of none: "Ann Lee, 3/4/1980, 612-555-0123".
    """
    text = LIKE_A_PHONE.sub(" ", LIKE_A_DATE.sub(" ", turn.said.text))
    places = {one.name.lower() for one in turn.clinic.locations}
    only_details = turn.open_draft.asked == "slot" and not turn.said.when.windows
    for part in re.split(r"[,;]", text)[0 if only_details else 1 :]:
        words = LABELS.sub(" ", part).split()
        if not 2 <= len(words) <= 4 or not all(word[0].isupper() for word in words):
            continue
        if " ".join(words).lower() not in places and (found := person.name(" ".join(words))):
            return found
    return None


def _take_name(draft: Draft, name: str) -> None:
    """A full name is taken; after one word the rest is asked for, once: who has only one name says it again."""
    first = draft.first_name
    if " " not in name and first is None:
        draft.first_name = name
        return
    draft.name = name if first is None or " " in name or name == first else f"{first} {name}"
    draft.first_name = None


def _only_symbols(text: str) -> bool:
    return bool(text.strip()) and not any(char.isalpha() for char in text)


def steps(turn: Turn) -> int:
    """How many steps a booking has: a time and the items; by SMS the number is known."""
    return len(ITEMS) + (0 if turn.visitor_phone else 1)


def ask(turn: Turn, draft: Draft, item: str, first: int = 2, of: int = 0) -> None:
    """Ask for one item, with progress: in a booking choosing a time is step 1 and the name step 2."""
    draft.asked = item
    of = of or steps(turn)
    step = min(ITEMS.index(item) + first, of)
    meta = {}
    if draft.hold:
        meta["hold_expires_at"] = draft.hold.expires_at
    sentence = "ask_last_name" if item == "name" and draft.first_name else f"ask_{item}"
    turn.ask(sentence, item, progress=(step, of), meta=meta, step=step, of=of, first=draft.first_name or "")
