"""What a whole text means beyond talk: opt-out, opt-in, help, a reaction, an automatic reply.

Sources: Twilio's default keywords (REVOKE and OPTOUT since 14 May 2025); 47 CFR 64.1200(a)(10): any reasonable wording counts
as a revocation. A missed revocation is the worse error, but "stop by at 9" must not be one.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata

STOP = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
START = {"start", "yes", "unstop"}
HELP = {"help", "info"}
MEANS_CANCEL = {"cancel", "end", "quit", "cancelar"}
"""These may have been meant for an appointment."""

_SPANISH_STOP = {"alto", "parar", "pare", "basta", "cancelar", "detener", "darse de baja", "dar de baja", "baja"}
_SPANISH_START = {"empezar", "comenzar", "alta"}
_SPANISH_HELP = {"ayuda"}

_PLEASE = r"(?:(?:please|pls|plz|por favor|hi|hello|hey|hola|ok|okay|you|just|now|already|immediately|thanks|thank you|gracias|ya)[ ,]*)*"
_WORD = r"(?:stop|stopall|unsubscribe|quit|revoke|optout|opt[ -]out|alto|pare|basta)"
_CONTACT = r"(?:text|texts|texting|message|messages|messaging|msgs?|sms|contact|contacting|send|sending|bother|bothering|spam|spamming)"
_FREE_FORM = [
    rf"^{_PLEASE}{_WORD}[ ,]*{_PLEASE}$",
    rf"^(?:{_WORD}[ ,]*){{2,}}$",
    rf"\bstop (?:all )?(?:(?:the|these|those|your|any|this|sending|sending me|with the|w the) )*{_CONTACT}\b",
    rf"\b(?:don'?t|do not|never|no longer|quit|cease) (?:want (?:you )?(?:to )?(?:get |receive |any |more |your |these )*)?{_CONTACT}(?: me| this number| my phone| us| anymore| any more)?\b(?! (?:me |us )?(?:the|a|an|my|until|till|before|after|at|later|to reschedule) )",
    r"\b(?:don'?t|do not) (?:want|wish|need|like) (?:to )?(?:get|receive|be getting|any more|any|more|these|your)\b.{0,20}\b(?:texts?|messages?|sms|msgs?|reminders?)\b",
    r"\bno more (?:texts?|messages?|sms|msgs?|reminders?)\b",
    r"\b(?:take|remove|get|delete) me (?:off|from|out of)\b(?! (?:the )?(?:wait|schedule|appointment|calendar|meds|medicine))",
    r"\b(?:remove|delete|take off) (?:my|this) (?:number|phone|cell)\b",
    r"^(?:please )?(?:remove|delete) me(?: please)?$",
    r"\bopt me out\b",
    r"\bno (?:quiero|deseo) (?:recibir )?(?:mas )?(?:mensajes?|textos?|sms)\b",
    r"\b(?:borren?|eliminen?|quiten?) mi (?:numero|telefono|celular)\b",
    r"\b(?:opt|opting|opted) ?-?out\b(?! of (?:the )?(?:treatment|tms|session|study|insurance))",
    r"\bunsubscribe\b",
    r"\b(?:leave me alone|lose my number|stop (?:bothering|harassing) me)\b",
    r"\b(?:revoke|withdraw)(?: my)? consent\b",
    r"\bwrong number\b.{0,20}\bstop\b",
    r"\bno (?:me |quiero |deseo |mas |recibir |que me |envien |manden |escriban )*(?:envie|enviar|mande|mandar|escrib|recib|text|contact)\w*",
    r"\bno mas (?:mensajes?|textos?|sms|recordatorios?)\b",
    r"\bdej\w+ de (?:enviar|mandar|escribir|molestar|textear|contactar)\w*",
    r"\b(?:quiten?me|borren?me|eliminen?me|saquen?me|den? ?me de baja|quiero (?:darme|la) (?:de )?baja)\b",
    r"^(?:por favor )?(?:dar(?:me|se)? de baja|cancelar suscripcion|no mas|ya no mas)$",
]
_FREE = re.compile("|".join(f"(?:{pattern})" for pattern in _FREE_FORM))
_NOT_TODAY = re.compile(
    r"\b(?:can|could|how|when|why|do|does|did|will|would|should|puedo|como|cuando) .*\?$|\b(?:can'?t|cannot|couldn'?t|didn'?t|haven'?t|won'?t) (?:get|receive|open|see|text|send)\b"
)

_REACTION = re.compile(
    r"^(?:(?:liked|loved|disliked|laughed at|emphasized|questioned|le gusto|le encanto|no le gusto|reacted .{1,12} to|"
    r"removed an? [\w ]{3,25} from|se rio de|destaco) (?:[\"\u201c\u201d\u00ab].*|an? (?:image|attachment|movie|audio message)$|una imagen$))",
    re.IGNORECASE | re.DOTALL,
)
_AUTOMATIC = re.compile(
    r"^(?:\(?auto(?:matic)?[- ]?(?:reply|response)|i'?m driving(?: with| right now|,)|i am driving with|"
    r"this is an automat|respuesta automatica|estoy conduciendo|out of office)",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")


def plain(text: str) -> str:
    """Lower case, without accents and outer punctuation, single spaces: as keywords are compared."""
    letters = unicodedata.normalize("NFD", text.casefold().replace("\u2019", "'"))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w'?&-]+", " ", letters).split()).strip("'?&- _")


def keyword(text: str) -> str | None:
    """ "stop", "start" or "help" when the whole text is one such word (Twilio's rule), in English or Spanish; else None."""
    word = plain(text)
    if word in STOP | _SPANISH_STOP:
        return "stop"
    if word in START | _SPANISH_START:
        return "start"
    if word in HELP | _SPANISH_HELP:
        return "help"
    return None


def twilio_keyword(text: str) -> str | None:
    """What Twilio's default keywords make of a text: it acts on these, and on no others."""
    word = text.strip().casefold()
    for kind, words in (("stop", STOP), ("start", START), ("help", HELP)):
        if word in words:
            return kind
    return None


def revokes(text: str) -> bool:
    """Whether a text asks in its own words for no more messages."""
    words = plain(text)
    if keyword(text) == "stop":
        return True
    if _NOT_TODAY.search(words + ("?" if text.rstrip().endswith("?") else "")):
        return False
    return _FREE.search(words) is not None


def may_mean_appointment(text: str) -> bool:
    return plain(text) in MEANS_CANCEL


def is_reaction(text: str) -> bool:
    """A phone's note that somebody tapped a heart: it quotes our own words and must not be understood."""
    return _REACTION.match(unaccented(text.strip())) is not None


def is_automatic(text: str) -> bool:
    return _AUTOMATIC.match(unaccented(text.strip())) is not None


def unaccented(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def decoded(text: str) -> str:
    """The text itself, or what it says in base64: some long texts arrive like that."""
    if not _BASE64.fullmatch(text) or len(text) % 4:
        return text
    try:
        inner = base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return text
    return inner if inner.isprintable() and " " in inner else text
