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

_PLEASE = r"(?:(?:please|pls|plz|por favor|hi|hello|hey|hola|ok|okay|you|just|now|already|immediately|thanks|thank you|gracias|ya|all|it)[ ,]*)*"
_WORD = r"(?:stop|stopall|stop2end|unsub|unsubscribe|un?sub?s?c?ribe|quit|revoke|optout|opt[ -]out|cease|desist|halt|discontinue|sotp|stpo|alto|pare|basta)"
_TEXTS = r"(?:te?xts?|te?xting|messages?|messaging|msgs?|sms|reminders?|notifications?|alerts?)"
_CONTACT = rf"(?:{_TEXTS}|contact|contacting|send|sending|(?:bother|pester|harass|spam)(?:ing)?(?= me|$)|spamming|writing|buzzing)"
_LIST = r"(?:(?:your|this|the|that|any|all|whatever|every|contact|call|phone|mailing|te?xt|texting|sms|message|marketing)[ -])*(?:lists?\b(?! of wait)|database|te?xts\b|messages\b|system\b|program\b)"
_END = r"(?:stop|end|quit|cease|halt|discontinue|disable|cancel|pause|kill|mute|no more|enough|lay off|knock it off|cut it out|turn off|switch off|shut off|leave off)"
_BETWEEN = r"(?:(?:all|of|any|these|those|the|this|that|your|my|follow[ -]?up|automated|automatic|auto|with|w|sending|sending me|getting|me|him|her|us|more|further|future|and|desist|from you|text|sms|daily|annoying|constant) )*"
_FREE_FORM = [
    rf"^{_PLEASE}{_WORD}[ ,]*{_PLEASE}$",
    rf"^(?:{_WORD}[ ,]*){{2,}}$",
    r"^s t o p$",
    r"\b(?:said|texted|texting|replied|wrote|sent|reply was|answer was) stop\b(?! by)",
    # "stop sending me these", "turn off the reminders", "no more follow up messages"
    rf"\b{_END} {_BETWEEN}{_CONTACT}\b",
    rf"\b(?:too many|tired of(?: all)?|sick of(?: all)?|sick and tired of|fed up with|done with) {_BETWEEN}{_TEXTS}\b",
    # "don't text me", "I do not want to receive any more of these messages"
    rf"\b(?:don'?t|do not|dnt|dont|never|no longer|quit|cease) (?:want (?:you )?(?:to )?(?:get |receive |any |more |your |these )*)?{_CONTACT}(?: me| this number| this #| my phone| us| anymore| any more| again| here)*\b(?! (?:me |us )?(?:the|a|an|my|until|till|before|after|at|later|to reschedule) )",
    rf"\b(?:don'?t|do not|dont|no longer|not) (?:want|wish|need|like|care)(?:ing)? (?:to )?(?:get |receive |be getting |hear |see |any more |any |more |these |those |your |further |for )+(?:\w+ ){{0,2}}{_TEXTS}\b",
    rf"\b(?:no need (?:to|for)|can do without|(?:could|would) do without) {_BETWEEN}{_TEXTS}\b",
    rf"^(?:no|no thx to|no thanks to) {_TEXTS}(?: ever| anymore| any more| please| pls)*$",
    rf"^nomore {_TEXTS}",
    # "take my number off your list", "remove me", but not "take me off Thursday"
    rf"\b(?:take|remove|get|delete|drop) (?:me|my (?:number|phone|cell)|this (?:number|phone|cell)) (?:off|from|out of) {_LIST}(?! (?:for|on) )",
    r"\b(?:take|remove|delete|drop) (?:off )?(?:my|this) (?:number|phone|cell)\b",
    r"^(?:please |pls )?(?:take me off|get me off|remove me|delete me|take me off this|get me off this)(?: please| pls| now)*$",
    r"\bopt me out\b",
    r"\bwrong (?:number|person)\b.{0,25}\b(?:stop|remove me|quit)\b",
    r"(?:^|[ ,])(?:stop|end|quit|halt) (?:these|those|them|this|writing|all of these|all of this)(?: please| pls| now)*$",
    r"^spam,? (?:please )?stop$",
    r"\b(?:didn'?t|did not|never) (?:sign|signed) up for (?:this|these|texts?|messages?)\b",
    r"\b(?:opt|opting|opted) ?-?(?:out|uot)\b(?! of (?:the )?(?:treatment|tms|session|study|insurance))",
    r"\bun?subs?c?ri(?:be|bed)\b",
    r"\b(?:leave me alone|lose my number|stop (?:bothering|harassing|pestering) me)\b",
    r"\b(?:revoke|withdraw)(?: my)? consent\b",
    # Spanish
    r"\bno (?:quiero|deseo) (?:recibir )?(?:mas )?(?:mensajes?|textos?|sms|recordatorios?)\b",
    r"\bbasta de (?:mensajes?|textos?|sms|recordatorios?)\b",
    r"\bno mas (?:mensajes?|textos?|sms|recordatorios?)\b",
    r"\bno (?:me |quiero |deseo |mas |recibir |que me )+(?:envi|enviar|mand|mandar|escrib|recib|text|contact)\w*",
    r"\bno (?:envi|mand|escrib)\w*(?: \w+)? mas\b",
    r"\bdej\w+ de (?:enviar|mandar|escribir|molestar|textear|contactar)\w*",
    r"\b(?:borren?|eliminen?|quiten?) mi (?:numero|telefono|celular)\b",
    r"\b(?:quiten?me|borren?me|eliminen?me|saquen?me) de (?:la|su|esta) (?:lista\b(?! de espera)|base\b)",
    r"^(?:quiten?me|borren?me|eliminen?me|saquen?me)(?: por favor)?$",
    r"\b(?:dar(?:me|se)? de baja de (?:los|estos|sus) (?:mensajes|textos))",
    r"\b(?:den? ?me de baja|quiero (?:darme|la) (?:de )?baja)\b",
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
