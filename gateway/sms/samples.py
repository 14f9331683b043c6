"""Sample messages for the registration with the carriers (10DLC): what patients get from us, word for word.

The carriers compare what is sent with what was registered. The gateway's own texts come from its templates; those that the
scheduling service words (`scheduling/wording.py`) are written out here with an invented visit, and a test holds the two together.
"""

from __future__ import annotations

from clinic.config import Clinic, display_phone
from gateway.sms.templates import Templates

FROM_SCHEDULING = {
    "confirmation.en": "{clinic}: you are booked for Tue Dec 1, 2:00 PM, {place}. Questions: {phone}",
    "confirmation.es": "{clinic}: su cita es mar 1 dic, 2:00 PM, {place}. Preguntas: {phone}",
    "reminder.en": "{clinic}: your visit is Tue Dec 1, 2:00 PM, {place}. Reply 1 to keep it, 2 to change it, 3 for a call from us.",
    "reminder.es": "{clinic}: su cita es mar 1 dic, 2:00 PM, {place}. Responda 1 si viene, 2 para cambiarla, 3 para que le llamemos.",
    "moved.en": "{clinic}: your visit is now Tue Dec 1, 2:00 PM, {place}. Questions: {phone}",
    "called_off.en": "{clinic}: your visit on Tue Dec 1, 2:00 PM is called off. Questions: {phone}",
    "offer.en": "{clinic}: a time has opened: Tue Dec 1, 2:00 PM, {place}. Reply 1 within 30 min to take it, 2 to pass.",
    "digest.en": "{clinic}: your visits from Tue Dec 1: Tue 2:00 PM, Wed 2:00 PM. Questions: {phone}",
    "code.en": "{clinic}: your code is 123456. It is good for 5 minutes. Do not share it with anyone.",
}


def samples(clinic: Clinic) -> dict[str, str]:
    """Every text that starts a talk or ends one, by name and language."""
    values = {"clinic": clinic.short_name, "phone": display_phone(clinic.phone), "place": clinic.locations[0].name}
    return {name: text.format(**values) for name, text in FROM_SCHEDULING.items()} | Templates(clinic).all()
