"""Short answers in the patient's own words: yes, no, stop, back, the second, other times. English and Spanish.

Each function judges the whole message, never a word inside a sentence: "no pain?" is not a no.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from actions.visits import Slot


def _set(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.replace("\n", " ").split(",") if part.strip())


YES = _set("""yes, y, yeah, yea, yep, yup, ya, sure, ok, okay, k, correct, right, please, please do, do it, go ahead, book it,
book that, sounds good, perfect, great, works, that works, works for me, confirm, confirmed, i confirm, thats right, that is right,
thats correct, that is correct, looks good, looks right, all good, fine, thats fine, good, absolutely, definitely, of course,
lets do it, i do, i am sure, im sure, 👍, si, sip, claro, correcto, exacto, de acuerdo, vale, dale, perfecto, esta bien, bien,
confirmo, confirmar, por supuesto, reservelo, reservela, hagalo, adelante, asi es, me sirve, yes it is, it is, i am, please book it,
keep it, todo bien, claro que si""")
NO = _set("""no, n, nope, nah, no thanks, no thank you, not really, not that, no dont, dont, not yet, no gracias, para nada,
todavia no, mejor no, not right, wrong, thats wrong, that is wrong, its wrong, incorrect, not correct, incorrecto, esta mal, no it isnt""")
NOTED = _set("""awesome, cool, got it, nice, alright, all right, wonderful, excellent, super, all set, good to know, understood,
muy bien, bueno, excelente, genial, entendido""")
STOP = _set("""never mind, nevermind, nvm, forget it, forget about it, forget that, stop, cancel, quit, exit, leave it, drop it,
i changed my mind, changed my mind, dont bother, no never mind, stop it, cancel it, cancel that, cancel this, cancelela, dont want it,
i dont want it anymore, not anymore, i dont want this, abort, end, stop booking, cancel booking, cancel the booking, dont book it,
do not book it, dont book anything, maybe later, another day maybe, not now, ill call instead, i will call instead, ill just call,
i dont want to book, i dont want an appointment, skip it, let it be, forget the appointment,
olvidelo, olvidalo, no importa, dejelo, dejalo, dejemoslo, cancelar, cancela, cancele, ya no quiero, ya no, cambie de opinion,
mejor despues, no quiero nada, pare, parar, no quiero cita, no quiero la cita, mejor llamo, dejemoslo asi, nada""")
START_OVER = _set("""start over, restart, start again, begin again, from the beginning, lets start over, can we start over, start from scratch,
start fresh, reset, i want to start over, start all over, empezar de nuevo, empecemos de nuevo, volver a empezar, comenzar de nuevo,
desde el principio, reiniciar, quiero empezar de nuevo, otra vez desde el principio""")
BACK = _set("""back, go back, previous, previous step, one step back, step back, can we go back, undo, go back a step, i want to go back,
atras, volver, regresar, volver atras, paso anterior, ir atras, regrese, quiero volver""")
LATER = _set("""later, anything later, something later, later please, a later time, later times, later that day, later in the day,
do you have anything later, is there anything later, mas tarde, algo mas tarde, hay algo mas tarde, tiene algo mas tarde""")
EARLIER = _set("""earlier, anything earlier, something earlier, sooner, anything sooner, something sooner, an earlier time, earlier times,
earlier that day, earlier in the day, do you have anything earlier, is there anything earlier, do you have anything sooner,
mas temprano, algo mas temprano, hay algo mas temprano, tiene algo mas temprano, antes, algo antes""")
AGAIN = _set("""again, try again, retry, please try again, try it again, check again, intentar de nuevo, otra vez, intente de nuevo,
pruebe de nuevo, reintentar""")
MORE = _set("""more, other times, others, other, other options, more times, more options, different time, different times, another time,
none, none of these, none of those, none of them, none work, none of those work, none of these work, those dont work, neither,
something else, anything else, show me more, what else, any other times, do you have other times, do you have anything else,
different day, another day, something different, anything other than that, other days, next, next page,
otras horas, otra hora, otras, mas, ninguna, ninguno, mas opciones, otras opciones, mas horas, otro horario, otros horarios, otro dia,
otra opcion, ninguna de esas, hay otras horas, hay otra hora, otros""")

INDIFFERENT = _set("""any, anything, any of them, any of those, any of these, any time, any one, anyone, either, either one, either is fine,
either one is fine, any is fine, any works, whatever, whatever is easiest, whatever works, whatever you think, whichever, you choose, you pick,
you decide, your choice, surprise me, no preference, i have no preference, doesnt matter, it doesnt matter, dont care, i dont care, all the same,
all are fine, they all work, all of them work, all work, cualquiera, la que sea, el que sea, me da igual, da igual, usted elija, elija usted,
lo que sea, no importa cual""")
UNSURE = _set("""i dont know, dont know, idk, dunno, not sure, im not sure, i am not sure, no idea, i have no idea, hard to say, unsure, im unsure,
i dont know yet, not sure yet, i dont know how this works, im confused, i am confused, no se, no estoy segura, no estoy seguro, no tengo idea,
no lo se""")
AFRAID = re.compile(
    r"\b(?:scared|afraid|nervous|anxious|worried|frightened|terrified|overwhelmed|stressed|miedo|nervios[oa]|asustad[oa]|preocupad[oa])\b"
)
MOVED_A_BIT = re.compile(
    r"\b(?:bit|little|any|something|somewhat|be|seen|come|come in|appointment|make it|slightly|algo|poco) (?P<way>later|earlier|sooner|mas tarde|mas temprano)\b"
)

FILLER = re.compile(
    r"^(?:um+|uh+|oh|well|hey|so|actually|and|then|ok|okay|please|pls|i want|i think|i would like|id like|i prefer|ill take|i will take|ill go with|"
    r"lets take|lets do|lets go with|give me|can i have|can i get|how about|bueno|pues|quiero|prefiero|me quedo con|deme|tomo|por favor)\s+"
)
TAIL = re.compile(
    r"\s+(?:please|pls|thanks|thank you|then|instead|dear|honey|hon|darling|maam|sir|por favor|gracias|entonces|para mi|for me|senora|senor|senorita)$"
)
ORDINALS = {
    1: "first|1st|one|uno|una|primera|primero|primer",
    2: "second|2nd|two|middle|dos|segunda|segundo",
    3: "third|3rd|three|tres|tercera|tercero",
    4: "fourth|4th|four|cuatro|cuarta|cuarto",
    5: "fifth|5th|five|cinco|quinta|quinto",
    6: "sixth|6th|six|seis|sexta|sexto",
}
LAST = "last|latest|later one|latest one|ultima|ultimo"
EARLY = "earlier one|earliest one"
ARTICLE = r"(?:the|la|el|that|option|number|no|num|opcion|numero)\s+"
NOUN = r"\s+(?:one|option|choice|time|slot|opcion|hora|works|works for me|is fine|is good|sounds good|looks good|esta bien|me sirve)"
CLOCK = re.compile(r"(?<![\d:])(\d{1,2})(?:[:.h]?(\d{2}))?\s*(am|pm|a m|p m|de la tarde|de la manana)?(?![\d:])")


def plain(text: str) -> str:
    """Lower case, without accents, apostrophes and punctuation (colons inside times stay), single spaces."""
    flat = unicodedata.normalize("NFD", text.lower())
    flat = "".join(char for char in flat if not unicodedata.combining(char))
    flat = re.sub(r"['’`]", "", flat)
    flat = re.sub(r"(?<!\d):|:(?!\d)", " ", flat)
    return re.sub(r"[^\w:👍]+", " ", flat).strip()


def _core(text: str) -> str:
    """The message without polite openings and endings."""
    words = plain(text)
    while (shorter := TAIL.sub("", FILLER.sub("", words))) != words and shorter:
        words = shorter
    return words


def _in(text: str, phrases: frozenset[str]) -> bool:
    return plain(text) in phrases or _core(text) in phrases


def phrases(text: str) -> frozenset[str]:
    """Phrases, separated by commas, in the form that `among` compares."""
    return _set(text)


def among(text: str, known: frozenset[str]) -> bool:
    """Whether the whole message is one of these phrases."""
    return _in(text, known)


def yes(text: str) -> bool:
    words = plain(text)
    if _in(text, YES):
        return True
    parts = words.split()
    # "yes please book it", "ok perfect": yes-phrases in a row
    for cut in range(1, min(len(parts), 6)):
        head, tail = " ".join(parts[:cut]), " ".join(parts[cut:])
        if head in YES and (tail in YES or TAIL.sub("", tail) in YES or tail in ("thanks", "thank you", "gracias")):
            return True
    return False


def noted(text: str) -> bool:
    """ "ok", "great": heard what was said, where nothing is asked."""
    return yes(text) or _in(text, NOTED)


def no(text: str) -> bool:
    return _in(text, NO)


def stop(text: str) -> bool:
    words = plain(text)
    return _in(text, STOP) or (words.startswith("no ") and words[3:] in STOP)


def start_over(text: str) -> bool:
    return _in(text, START_OVER)


def back(text: str) -> bool:
    return _in(text, BACK)


def more(text: str) -> bool:
    words = plain(text)
    return _in(text, MORE) or (words.startswith("no ") and words[3:] in MORE)


def shift(text: str) -> str | None:
    """ "later" or "earlier" when the message asks for nothing more than that."""
    return "later" if _in(text, LATER) else "earlier" if _in(text, EARLIER) else None


def again(text: str) -> bool:
    """ "try again": after scheduling gave no answer."""
    return _in(text, AGAIN)


def changes(text: str) -> bool:
    """Whether the message turns away from what is offered: "no, Wednesday instead", "mejor el jueves"."""
    words = f" {plain(text)} "
    return bool(re.match(r" (?:no|nope|actually|rather|not|mejor|prefiero|instead) ", words)) or any(
        f" {word} " in words for word in ("instead", "rather", "different", "en vez", "en lugar", "mejor")
    )


def number(text: str, count: int) -> int | None:
    """The place, from 1, of a picked choice among `count`: "2", "#2", "the second one", "last". 0: a number not offered."""
    words = _core(text)
    if match := re.fullmatch(rf"(?:{ARTICLE})*(\d{{1,2}})(?:{NOUN})?", words):
        place = int(match[1])
        return place if 1 <= place <= count else 0
    if re.fullmatch(rf"(?:{ARTICLE})*(?:{EARLY})(?:{NOUN})?", words):
        return 1 if count else None
    for place, names in ORDINALS.items():
        if re.fullmatch(rf"(?:{ARTICLE})*(?:{names})(?:{NOUN})?", words):
            return place if place <= count else 0
    if re.fullmatch(rf"(?:{ARTICLE})*(?:{LAST})(?:{NOUN})?", words):
        return count or None
    return None


def several(text: str, count: int) -> bool:
    """Whether more than one of the choices is picked at once: "1 or 2", "the first and the third"."""
    parts = re.split(
        r"\s*(?:,|&|/|\bor\b|\band\b|\bo\b|\by\b)\s*", plain(text.replace("&", " and ").replace(",", " and "))
    )
    parts = [part for part in parts if part not in ("", "either", "both")]
    return len(parts) > 1 and all(number(part, count) and not re.search(r"\d(?:st|nd|rd|th)$", part) for part in parts)


def indifferent(text: str) -> bool:
    """ "either one is fine": any of what is offered will do."""
    return _in(text, INDIFFERENT)


def unsure(text: str) -> bool:
    """ "I don't know": nothing is wanted yet."""
    return _in(text, UNSURE)


def afraid(text: str) -> bool:
    """A short word of fear, and no question."""
    return "?" not in text and len(plain(text).split()) <= 10 and bool(AFRAID.search(plain(text)))


def a_bit(text: str) -> str | None:
    """ "later" or "earlier" where a sentence asks for a time near the one that stands: "yes, but can it be a bit later"."""
    found = MOVED_A_BIT.search(plain(text))
    return None if not found else "later" if found["way"] in ("later", "mas tarde") else "earlier"


def times(text: str) -> list[tuple[int, int, str]]:
    """Clock times in a short message: (hour as written, minute, "am" | "pm" | "")."""
    found = []
    for match in CLOCK.finditer(plain(text)):
        hour, minute = int(match[1]), int(match[2] or 0)
        half = {"a": "am", "p": "pm"}.get((match[3] or " ").replace("de la ", "")[0], "")
        if match[3] in ("de la tarde", "de la manana"):
            half = "pm" if match[3].endswith("tarde") else "am"
        if hour <= 23 and minute <= 59:
            found.append((hour, minute, half))
    return found


def slot_by_time(text: str, slots: Sequence[Slot]) -> Slot | None:
    """The one offered slot whose clock time the message names: "1:30", "the 3 pm one"."""
    hits = set()
    for hour, minute, half in times(text):
        hours = {hour + 12 if half == "pm" and hour < 12 else 0 if half == "am" and hour == 12 else hour}
        if not half and hour <= 12:
            hours = {hour % 12, hour % 12 + 12}
        hits |= {slot for slot in slots if slot.begins.hour in hours and slot.begins.minute == minute}
    return hits.pop() if len(hits) == 1 else None
