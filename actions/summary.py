"""The summary before a booking: every item with a way to change it."""

from __future__ import annotations

from actions import said
from actions.details import ITEMS
from actions.turn import Turn, payload
from actions.wording import birthday, visit
from clinic.config import display_phone

WORDS = {
    "date_of_birth": (
        "date of birth",
        "birthday",
        "birth date",
        "birthdate",
        "dob",
        "fecha de nacimiento",
        "nacimiento",
    ),
    "phone": ("phone", "number", "telefono", "numero", "celular"),
    "name": ("name", "spelling", "nombre", "apellido"),
    "visit_type": ("visit type", "type of visit", "kind of visit", "tipo de visita", "tipo de cita"),
    "time": ("time", "day", "date", "hora", "dia", "fecha", "horario"),
}
CHANGEABLE = ("time", "name", "date_of_birth", "phone", "visit_type")


def show(turn: Turn, kind: str, progress: tuple[int, int]) -> None:
    """Show what would be booked and ask for the yes."""
    draft = turn.open_draft
    assert draft.picked
    draft.asked = "summary"
    values = {
        "visit_type": kind,
        "time": visit(draft.picked, turn.clinic, turn.language, turn.today()),
        "name": draft.name or "",
        "date_of_birth": birthday(draft.date_of_birth, turn.language) if draft.date_of_birth else "",
        "phone": display_phone(draft.phone or ""),
    }
    rows = [
        {"item": item, "label": turn.sentence(f"label_{item}"), "value": value, "payload": payload(f"change:{item}")}
        for item, value in values.items()
        if value
    ]
    turn.say("summary")
    turn.add(("; " if turn.channel == "sms" else "\n").join(f"{row['label']}: {row['value']}" for row in rows))
    choices = [turn.button("yes_book", "yes"), turn.button("no_change", "no"), turn.button("dont_book", "stop")]
    meta: dict[str, object] = {"summary": rows}
    if draft.hold:
        meta["hold_expires_at"] = draft.hold.expires_at
    turn.ask("shall_i_book", "yes_no", choices, progress=progress, meta=meta)


def ask_change(turn: Turn) -> None:
    """Ask which item is wrong."""
    draft = turn.open_draft
    draft.asked = "change"
    items = [item for item in CHANGEABLE if item not in ITEMS or getattr(draft, item)]
    choices = [turn.choice(turn.sentence(f"label_{item}"), f"change:{item}") for item in items]
    choices.append(turn.button("dont_book", "stop"))
    turn.ask("ask_change", "choice", choices)


def item_named(text: str) -> str | None:
    """The item that a short message names: "the phone number is wrong"."""
    words = f" {said.plain(text)} "
    if len(words.split()) > 10:
        return None
    return next((item for item, forms in WORDS.items() if any(f" {form} " in words for form in forms)), None)
