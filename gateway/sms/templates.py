"""The texts that the gateway itself sends. None names the treatment: a lock screen shows them.

`WORDING` changes with every change of these words and is kept with each consent record. Nobody is invited to reply with a
word that carriers take as an opt-out; prompts use digits. A test lints every text.
"""

from __future__ import annotations

from clinic.config import Clinic, display_phone

WORDING = "2026-11-a"
ANSWERED = {
    "confirmed": ("{clinic}: thank you, we expect you.", "{clinic}: gracias, le esperamos."),
    "accepted": (
        "{clinic}: that time is yours. You get a text with the details.",
        "{clinic}: el horario es suyo. Recibira un mensaje con los detalles.",
    ),
    "declined": (
        "{clinic}: all right. You are still on the waitlist.",
        "{clinic}: de acuerdo. Usted sigue en la lista de espera.",
    ),
    "taken": (
        "{clinic}: sorry, that time is gone. You are still on the waitlist.",
        "{clinic}: lo sentimos, ese horario ya no esta libre. Usted sigue en la lista de espera.",
    ),
    "nothing": (
        "{clinic}: there is no open offer for this number now. Questions: {phone}",
        "{clinic}: ahora no hay ninguna oferta abierta para este numero. Preguntas: {phone}",
    ),
    "ambiguous": (
        "{clinic}: we could not tell whom this is for. Please call {phone}.",
        "{clinic}: no sabemos para quien es. Llame al {phone}, por favor.",
    ),
}


class Templates:
    """Each method takes the language: "es" for Spanish, anything else is English."""

    def __init__(self, clinic: Clinic) -> None:
        self._values = {"clinic": clinic.short_name, "phone": display_phone(clinic.phone)}

    def stopped(self, lang: str | None) -> str:
        """The one confirmation of an opt-out."""
        return self._say(
            lang,
            "{clinic}: you will get no more texts from us. This did not change any appointment. Call {phone}. "
            "Text START to get texts again.",
            "{clinic}: no recibira mas mensajes. Esto no cambio ninguna cita. Llame al {phone}. Envie START para volver a "
            "recibirlos.",
        )

    def started(self, lang: str | None) -> str:
        return self._say(
            lang,
            "{clinic}: you will get our texts again. Msg & data rates may apply. Text HELP for help, STOP to end. "
            "Questions: {phone}",
            "{clinic}: volvera a recibir mensajes. Pueden aplicarse tarifas. Envie HELP para ayuda, STOP para terminar. "
            "Preguntas: {phone}",
        )

    def help(self, lang: str | None) -> str:
        return self._say(
            lang,
            "{clinic}: call {phone} for help. Emergency: call 911. Crisis: call or text 988, day or night. Text STOP to end "
            "texts.",
            "{clinic}: llame al {phone}. Emergencia: 911. Crisis: llame o escriba al 988, a toda hora. Envie STOP para no "
            "recibir mas.",
        )

    def picture(self, lang: str | None) -> str:
        return self._say(
            lang,
            "Sorry, I can't read pictures or recordings. Please write it in words, or call {phone}.",
            "Lo siento, no puedo leer fotos ni audios. Escribalo con palabras, por favor, o llame al {phone}.",
        )

    def too_long(self, lang: str | None) -> str:
        """Stands for the end of an answer that no text message can hold."""
        return self._say(lang, "... For the rest, call {phone}.", "... Para lo demas, llame al {phone}.")

    def reply_with(self, lang: str | None) -> str:
        return self._say(lang, "Reply with a number:", "Responda con un numero:")

    def answered(self, done: str, lang: str | None) -> str:
        """What a reply to a reminder or to an offered time did, as scheduling says: its `done`."""
        return self._say(lang, *ANSWERED.get(done, ANSWERED["nothing"]))

    def all(self) -> dict[str, str]:
        """Every text in every language, by name: for the lint and for the registration of the campaign."""
        names = ("stopped", "started", "help", "picture", "too_long", "reply_with")
        texts = {f"{name}.{lang}": getattr(self, name)(lang) for name in names for lang in ("en", "es")}
        return texts | {f"{done}.{lang}": self.answered(done, lang) for done in ANSWERED for lang in ("en", "es")}

    def _say(self, lang: str | None, english: str, spanish: str) -> str:
        return (spanish if lang == "es" else english).format(**self._values)
