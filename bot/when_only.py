"""Whether a message speaks of nothing but an appointment's time: every word is one of a closed list.

Short wishes such as "a Saturday in December" lie close, by likeness, to farewells that name a day. Who says nothing else than days,
hours and appointment words has given no hint of danger; any word beyond the list, and the shapes of despair below, and it is not
"only times". The rules of `bot.safety` are not touched by this.
"""

from __future__ import annotations

import re

from bot.ngrams import tokens
from bot.when_words import MONTHS, WEEKDAYS, canonical

MOST_WORDS = 30


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WORDS = _words(
    """today tomorrow tonight day days week weeks weekend weekends weekday weekdays month months year hour hours minute minutes
    morning mornings afternoon afternoons evening evenings noon midday lunch lunchtime oclock am pm early earlier late later mid
    next following coming first second half quarter end beginning start middle time times date dates
    thanksgiving christmas eve new years holiday holidays easter
    before after between from to until by on at in of around about past through or and but not no except instead rather than either
    any anything something some every each same other another different only just also so then for with into as if how what which
    when where i im id ill ive we were well my me our us you your the a an is are be was there it its that this has have had got
    can could would may might will do does did should cant dont wont isnt doesnt couldnt
    come coming see get make take book booked schedule scheduled reschedule move change switch push swap cancel need want like
    prefer preferably ideally otherwise hope hoping look looking try put give find fit set work works fine ok okay good best better
    great perfect possible chance available availability free open opening openings slot slots spot spots appointment appointments
    visit visits session sessions consultation consult evaluation intake follow up treatment treatments tms doctor dr please pls
    thanks thank hi hello hey yes sure maybe lets let say sooner soon asap"""
) | {name + end for name in (*WEEKDAYS, *MONTHS) for end in ("", "s")}
_BARE = _words(
    """mon tue tues wed weds thu thur thurs fri sat sun today tonight tomorrow tmrw tomorow next this coming week weekend month
    morning mornings afternoon afternoons evening evenings noon midday early earlier late later soon asap soonest any anytime at on in
    the a of or and around about after before between from to until by am pm oclock o'clock maybe please pls how for first second third
    last jan feb mar apr jun jul aug sep sept oct nov dec
    lunes martes miercoles jueves viernes sabado domingo hoy manana pasado proximo proxima semana mes por la tarde noche mediodia el
    los de del las antes despues entre y o enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    temprano favor"""
) | {name + end for name in (*WEEKDAYS, *MONTHS) for end in ("", "s")}
_NUMBER = re.compile(r"\d+(?::\d\d)?(?:am|pm|st|nd|rd|th)?")
_DESPAIR = re.compile(
    r"\bno (?:tomorrow|day|days|time|way|next|week|morning)\b|\bnot (?:be|want|see|get|make)\b"
    r"|\b(?:dont|wont|cant|couldnt) (?:want to |even )?(?:be|see|get|go|have|let|find|make it (?:to|through|until|past))\b"
    r"|\b(?:dont|wont) (?:want|need|do|make)(?: to)?\b|\b(?:do|take|make|want|like|with) (?:this|that)\b(?! (?:week|month|[a-z]+day|morning|afternoon))"
    r"|\b(?:do|take|want) it\b|\bis (?:my|the) (?:day|time|end)\b|\b(?:my|the) end\b|\bit will\b|\bit (?:is|was) (?:time|over|the)\b"
)


def only_times(text: str) -> bool:
    """Whether every word of `text` belongs to an appointment's time, and none of them despairs. Any text is fine."""
    plain = canonical(text)
    words = re.findall(r"[^\W_]+(?::\d\d[a-z]*)?", plain)
    if not 2 <= len(words) <= MOST_WORDS or _DESPAIR.search(plain):
        return False
    return all(word in _WORDS or _NUMBER.fullmatch(word) for word in words)


def bare_time(text: str) -> bool:
    """Whether `text`, in English or Spanish, is a time and not even a word of wanting it: "tomorrow afternoon", "the 3rd at 10"."""
    return _BARE.issuperset(word for word in tokens(text) if not word[0].isdigit())
