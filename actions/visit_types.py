"""The kinds of visit of this clinic, as a patient names and picks them."""

from __future__ import annotations

from actions import said
from actions.turn import Turn
from clinic.config import VisitType

WORDS = {
    "consultation": (
        "consult",
        "consulta",
        "evaluation",
        "evaluacion",
        "new patient",
        "first visit",
        "first appointment",
        "primera",
    ),
    "follow-up": ("follow up", "followup", "check up", "checkup", "seguimiento"),
    "mapping": ("mapping", "mapeo", "motor threshold"),
    "session": ("session", "sesion", "treatment", "tratamiento"),
}


def offered(turn: Turn) -> list[VisitType]:
    """All kinds, those that anyone may book first."""
    return sorted(turn.clinic.visit_types, key=lambda kind: kind.self_book != "anyone")


def exists(turn: Turn, identifier: str) -> bool:
    return any(kind.id == identifier for kind in turn.clinic.visit_types)


def mentioned(turn: Turn) -> str | None:
    """The kind that the message names: as understanding found it, else, when we asked for it, by its words."""
    if turn.said.visit_type and exists(turn, turn.said.visit_type):
        return turn.said.visit_type
    if not turn.draft or turn.draft.asked != "visit_type":
        return None
    text = f" {said.plain(turn.said.text)} "
    for kind in turn.clinic.visit_types:
        forms = [said.plain(name) for name in kind.names.values()] + list(WORDS.get(kind.id, ()))
        if any(f" {form}" in text for form in forms):
            return kind.id
    return None


def label(kind: VisitType, turn: Turn) -> str:
    """ "Consultation (60 minutes)"."""
    name = kind.name(turn.language)
    return f"{name[:1].upper()}{name[1:]} ({kind.minutes} min)"


def ask(turn: Turn, progress: tuple[int, int] | None) -> None:
    """Ask what kind of visit it shall be."""
    draft = turn.open_draft
    if draft.asked == "visit_type" and turn.said.when and draft.windows:
        turn.say("time_noted")
    draft.asked = "visit_type"
    choices = [turn.choice(label(kind, turn), f"type:{kind.id}") for kind in offered(turn)]
    turn.ask(
        "ask_visit_type_first" if draft.windows or draft.asap else "ask_visit_type",
        "choice",
        choices,
        progress=progress,
    )
