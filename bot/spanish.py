"""Tells Spanish from English by function words and letters; a message without a sign keeps the talk's language.

Two languages, short texts: a list of words that only one of them has decides better than a trained identifier, which
calls "ok" Estonian.
"""

from __future__ import annotations

from bot.ngrams import tokens


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SPANISH = _words(
    """el la los las un una unos unas y o pero que como cuando donde cuanto cuanta cuantos cuantas quien cual porque por para con sin
    de del al en es son soy esta estan estoy estaba era fue ser estar hay tengo tiene tienen tener quiero quiere quisiera puedo puede
    pueden podria necesito necesita hacer hace hago duele dolor cita citas hola gracias adios buenos buenas dias tardes noches favor
    mi mis tu su sus me te se le les lo nos usted ustedes ella ellos nosotros yo si muy mas menos tambien ya aqui alli ahora hoy
    manana ayer lunes martes miercoles jueves viernes sabado domingo semana mes ano hora horas cambiar cancelar reservar mover
    tratamiento seguro precio cuesta costo cubre sesion sesiones depresion ansiedad medicina medicamento doctora esposo esposa
    hijo hija madre padre ayuda hablar persona alguien espanol ingles perdon disculpe vale claro bien mal estas eres tienes quieres
    puedes esto eso este ese aceptan atienden abren cierran ubicados direccion telefono consulta numero nombre nacimiento quede
    morir matarme suicidio suicidarme vivir pastillas emergencia convulsion"""
)
ENGLISH = _words(
    """the a an and or but that what how when where who which why because for with without of to in on at is are am was were be been
    do does did have has had i you he she it we they my your his her our their this these those there can could would should will
    want need like get got go going make take please thanks hello hi hey yes not dont im its ill tomorrow today monday tuesday
    wednesday thursday friday saturday sunday week month appointment visit book cancel reschedule change if about from up out any
    some much many long does doctor insurance cost treatment therapy pain hurt help know tell"""
)
MARKS = frozenset("¿¡ñ")


def language(text: str, before: str | None = None) -> str:
    """One of "es", "en"; `before` is the talk's language so far, kept where the message does not tell."""
    words = tokens(text)
    spanish = sum(word in SPANISH and word not in ENGLISH for word in words)
    english = sum(word in ENGLISH and word not in SPANISH for word in words)
    if before in ("en", "es") and len(words) == 1 and len(words[0]) == 1:
        return str(before)  # "Y" is a yes
    if MARKS & set(text.lower()):
        spanish += 2
    if spanish == english:
        return before if before in ("en", "es") else "en"
    if before in ("en", "es") and abs(spanish - english) < 2 and len(words) > 1:
        # One loan word ("la clinic", "hola, I need a visit") does not turn a talk round.
        return str(before)
    return "es" if spanish > english else "en"
