"""What the messages say that we start. A lock screen shows them: no treatment, no kind of visit, no name of the patient.

Plain ASCII where it can be, also in Spanish, so that one SMS segment holds 160 characters. Nobody is told to reply CANCEL, END,
QUIT or STOP: carriers take these words as an opt-out (see the research on scheduling, section 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clinic.config import Clinic, display_phone

from scheduling.slot import Slot

_DAYS = {
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    "es": ["lun", "mar", "mie", "jue", "vie", "sab", "dom"],
}
_MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "es": ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
}


def code(clinic: Clinic, language: str, digits: str) -> str:
    if language == "es":
        return f"{clinic.short_name}: su codigo es {digits}. Vale 5 minutos. No lo comparta con nadie."
    return f"{clinic.short_name}: your code is {digits}. It is good for 5 minutes. Do not share it with anyone."


def booked(clinic: Clinic, language: str, slot: Slot) -> str:
    if language == "es":
        return (
            f"{clinic.short_name}: su cita es {when(slot, language)}, {_place(clinic, slot)}. {_call(clinic, language)}"
        )
    return f"{clinic.short_name}: you are booked for {when(slot, language)}, {_place(clinic, slot)}. {_call(clinic, language)}"


def moved(clinic: Clinic, language: str, slot: Slot) -> str:
    if language == "es":
        return f"{clinic.short_name}: su cita ahora es {when(slot, language)}, {_place(clinic, slot)}. {_call(clinic, language)}"
    return f"{clinic.short_name}: your visit is now {when(slot, language)}, {_place(clinic, slot)}. {_call(clinic, language)}"


def called_off(clinic: Clinic, language: str, slot: Slot) -> str:
    if language == "es":
        return f"{clinic.short_name}: su cita de {when(slot, language)} fue anulada. {_call(clinic, language)}"
    return f"{clinic.short_name}: your visit on {when(slot, language)} is called off. {_call(clinic, language)}"


def reminder(clinic: Clinic, language: str, slot: Slot) -> str:
    if language == "es":
        return (
            f"{clinic.short_name}: su cita es {when(slot, language)}, {_place(clinic, slot)}. "
            "Responda 1 si viene, 2 para cambiarla, 3 para que le llamemos."
        )
    return (
        f"{clinic.short_name}: your visit is {when(slot, language)}, {_place(clinic, slot)}. "
        "Reply 1 to keep it, 2 to change it, 3 for a call from us."
    )


def course_booked(clinic: Clinic, language: str, slots: Sequence[Slot]) -> str:
    first, last = when(slots[0], language), day(slots[-1].local, language)
    if language == "es":
        return f"{clinic.short_name}: {len(slots)} citas reservadas, de {first} a {last}. {_call(clinic, language)}"
    return f"{clinic.short_name}: {len(slots)} visits booked, from {first} to {last}. {_call(clinic, language)}"


def course_changed(clinic: Clinic, language: str, slots: Sequence[Slot]) -> str:
    if not slots:
        rest = "No quedan citas." if language == "es" else "No visits are left."
        return f"{clinic.short_name}: {rest} {_call(clinic, language)}"
    if language == "es":
        return (
            f"{clinic.short_name}: sus citas cambiaron. Quedan {len(slots)}; la proxima es {when(slots[0], language)}. "
            f"{_call(clinic, language)}"
        )
    return (
        f"{clinic.short_name}: your visits have changed. {len(slots)} to go; the next is {when(slots[0], language)}. "
        f"{_call(clinic, language)}"
    )


def digest(clinic: Clinic, language: str, slots: Sequence[Slot]) -> str:
    times = ", ".join(f"{_DAYS[language][slot.local.weekday()]} {clock_time(slot.local)}" for slot in slots)
    first = day(slots[0].local, language)
    if language == "es":
        return f"{clinic.short_name}: sus citas desde {first}: {times}. {_call(clinic, language)}"
    return f"{clinic.short_name}: your visits from {first}: {times}. {_call(clinic, language)}"


def offer(clinic: Clinic, language: str, slot: Slot, minutes: int) -> str:
    if language == "es":
        return (
            f"{clinic.short_name}: hay lugar {when(slot, language)}, {_place(clinic, slot)}. "
            f"Responda 1 en {minutes} min para tomarlo, 2 si no."
        )
    return (
        f"{clinic.short_name}: a time has opened: {when(slot, language)}, {_place(clinic, slot)}. "
        f"Reply 1 within {minutes} min to take it, 2 to pass."
    )


def offer_taken(clinic: Clinic, language: str) -> str:
    if language == "es":
        return f"{clinic.short_name}: otra persona ya tomo ese horario. Usted sigue en la lista de espera."
    return f"{clinic.short_name}: sorry, somebody else took that time first. You are still on the waitlist."


def staff(clinic: Clinic, kind: str, subject: str) -> str:
    """To staff, who look it up: ids only."""
    return f"{clinic.short_name}: {kind.replace('_', ' ')} {subject}. See: python -m scheduling {kind}s"


def when(slot: Slot, language: str) -> str:
    """`Tue Dec 1, 2:00 PM` in the location's zone."""
    return f"{day(slot.local, language)}, {clock_time(slot.local)}"


def day(moment: datetime, language: str) -> str:
    weekday, month = _DAYS[language][moment.weekday()], _MONTHS[language][moment.month - 1]
    return f"{weekday} {moment.day} {month}" if language == "es" else f"{weekday} {month} {moment.day}"


def clock_time(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment.minute:02} {'AM' if moment.hour < 12 else 'PM'}"


def _place(clinic: Clinic, slot: Slot) -> str:
    return clinic.location(slot.location).name


def _call(clinic: Clinic, language: str) -> str:
    number = display_phone(clinic.phone)
    return f"Preguntas: {number}" if language == "es" else f"Questions: {number}"
