"""The few sentences that the gateway itself says, in English and Spanish, with the clinic's own number.

None of them says anything about an appointment: when the outcome of a turn is unknown, so is whether it was booked.
"""

from __future__ import annotations

from clinic.config import Clinic, display_phone

PROBLEMS: dict[str, tuple[str, str]] = {
    "bad_request": (
        "That message could not be read. Please try again.",
        "No se pudo leer el mensaje. Inténtelo de nuevo.",
    ),
    "wrong_type": (
        "That message could not be read. Please try again.",
        "No se pudo leer el mensaje. Inténtelo de nuevo.",
    ),
    "empty": ("Please type a message.", "Escriba un mensaje, por favor."),
    "too_long": (
        "That message is too long. Please send it in shorter parts.",
        "El mensaje es demasiado largo. Envíelo en partes más cortas.",
    ),
    "too_many": (
        "You are sending messages very quickly. Please wait a moment and try again, or call {phone}.",
        "Está enviando mensajes muy rápido. Espere un momento e inténtelo de nuevo, o llame al {phone}.",
    ),
    "session_required": ("Please start a new chat.", "Inicie una nueva conversación, por favor."),
    "session_unknown": ("Please start a new chat.", "Inicie una nueva conversación, por favor."),
    "session_expired": (
        "This chat has ended because it was quiet for a while. Please start a new one.",
        "La conversación terminó por inactividad. Inicie una nueva, por favor.",
    ),
    "foreign_origin": (
        "The chat can only be used from the clinic's own page. You can also call {phone}.",
        "El chat solo se puede usar desde la página de la clínica. También puede llamar al {phone}.",
    ),
    "message_conflict": (
        "That message was sent twice with different words. Please send it again.",
        "El mensaje se envió dos veces con palabras distintas. Envíelo de nuevo, por favor.",
    ),
    "store_unavailable": (
        "We could not take your message just now. Please try again in a moment, or call {phone}.",
        "No pudimos recibir su mensaje. Inténtelo de nuevo en un momento o llame al {phone}.",
    ),
    "not_signed": (
        "This address is only for our text message carrier.",
        "Esta dirección es solo para nuestro operador de mensajes.",
    ),
    "not_found": ("This page does not exist.", "Esta página no existe."),
    "method_not_allowed": ("This page does not exist.", "Esta página no existe."),
    "calendar_unavailable": (
        "The calendar file is not available right now. Please call {phone}.",
        "El archivo de calendario no está disponible en este momento. Llame al {phone}.",
    ),
    "internal": (
        "Something went wrong on our side. Please try again, or call {phone}.",
        "Algo salió mal de nuestro lado. Inténtelo de nuevo o llame al {phone}.",
    ),
}
URGENT = {"too_long", "too_many", "store_unavailable", "internal"}


class Notices:
    """The clinic's sentences; each method takes `lang`, "es" for Spanish, anything else is English."""

    def __init__(self, clinic: Clinic) -> None:
        self._phone = display_phone(clinic.phone)

    def apology(self, lang: str | None) -> str:
        """When no answer came in time. Names 911 and 988, because we could not read what was said."""
        return self._say(
            lang,
            "I'm sorry, I can't answer right now. Please call the clinic at {phone}. If this is an emergency, call 911. "
            "If you are thinking about hurting yourself, call or text 988, day or night.",
            "Lo siento, no puedo responder en este momento. Llame a la clínica al {phone}. Si es una emergencia, llame "
            "al 911. Si piensa en hacerse daño, llame o envíe un mensaje al 988, a cualquier hora.",
        )

    def emergency(self, lang: str | None) -> str:
        return self._say(
            lang,
            "Not for emergencies: call 911. In a crisis, call or text 988.",
            "No es para emergencias: llame al 911. En una crisis, llame o envíe un mensaje al 988.",
        )

    def choice_passed(self, lang: str | None) -> str:
        return self._say(
            lang,
            "That choice has passed. Please pick one of the newest choices, or type what you need.",
            "Esa opción ya pasó. Elija una de las opciones más recientes o escriba lo que necesita.",
        )

    def passed_label(self, lang: str | None) -> str:
        return self._say(lang, "(a choice that has passed)", "(una opción que ya pasó)")

    def problem(self, code: str, lang: str | None) -> str:
        """The sentence of an error. Where a message went unread, it also says where help is at once."""
        sentence = self._say(lang, *PROBLEMS[code])
        return f"{sentence} {self.emergency(lang)}" if code in URGENT else sentence

    def _say(self, lang: str | None, english: str, spanish: str) -> str:
        return (spanish if lang == "es" else english).format(phone=self._phone)
