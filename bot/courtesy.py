"""What stands before and after the matter of a message out of politeness, in English and Spanish.

A greeting moves a sentence vector more than it changes the meaning (figures: docs/understanding.md), so the topics are
guessed without it, and danger is listened for with it and without.
"""

from __future__ import annotations

import re

_NAME = r"(?-i:[A-ZÁÉÍÓÚÑ])[\w.'’-]*(?:\ (?-i:[A-ZÁÉÍÓÚÑ])[\w.'’-]*){0,2}"
_WHOM = (
    rf"there|everyone|everybody|team|all|again|doctora?|doc|nurse|folks|guys|a\ todos|señor(?:it)?a?|dra?\.?\ {_NAME}"
)
_BEFORE = rf"""
    (?:hi+|hello+|hey+|hiya|yo(?=[,!])|greetings|good\ (?:morning|afternoon|evening|day)|ho+la+|buen[oa]s?(?:\ (?:d[ií]as?|tardes|noches)))
        (?:\ (?:{_WHOM}))?
    | (?:buenas|buen\ d[ií]a)(?=[\s,.!])
    | (?:dear|estimad[oa]s?|querid[oa]s?)\ [\w.'\ ]{{1,30}}(?=[,:\n]) | to\ whom\ it\ may\ concern
    | (?:(?:my\ name\ is|me\ llamo|mi\ nombre\ es)\ {_NAME}|(?:this\ is|soy)\ {_NAME}(?:\ here)?)(?=\s*[,.!\n])
    | ok(?:ay)? | u+h*m+ | u+h+ | please | por\ favor | excuse\ me | pardon(?:\ me)? | oigan? | disculpen? | perd[oó]n(?:en?)?
    | (?:well|so|listen|look|bueno|pues|mire|mira)(?=\s*[,.!]|\ u+h*m+\b)
    | (?:i'?m\ |i\ am\ )?(?:so\ |really\ )?sorry\ (?:to|for)\ (?:bother|disturb)(?:ing)?(?:\ (?:you|u|ya))?
    | (?:just\ )?(?:i\ have\ )?(?:an?\ |one\ )?quick\ (?:question|one) | (?:just\ |i\ have\ )(?:a|one)\ question
    | (?:tengo\ )?una\ (?:pregunta|consulta|duda)
"""
_AFTER = rf"""
    (?:many\ |ok\ )?(?:thanks|thx|ty)(?:\ (?:so\ much|a\ lot|again|in\ advance))?
    | thank\ (?:you|u)(?:\ (?:so\ much|very\ much|again|for\ your\ (?:time|help)))?
    | (?:please|pls|plz)(?:\ help(?:\ me)?)? | (?:(?:kind|best|warm)\ )?regards | sincerely | best\ wishes
    | (?:muchas\ |mil\ )?gracias | por\ favor | (?:un\ )?saludos? | atentamente | (?:[-–—~]|\n)\s*{_NAME}
"""
_PLEA = r"""
    (?:(?:please|pls|plz)\ |(?:can|could)\ (?:you|u|someone|somebody|anyone)\ )(?:please\ )?(?:help(?:\ me)?|call(?:\ me)?)(?:\ back)?
    | (?:ay[uú]den?me|ll[aá]men?me)(?:\ por\ favor)?
"""
_FLAGS = re.IGNORECASE | re.VERBOSE
_BEFORE_ALL = re.compile(rf"^\W*(?:(?:{_BEFORE})(?:[\s,.!:;?-]+|$))+", _FLAGS)
_AFTER_ALL = re.compile(rf"(?:[\s,.:;]+(?:{_AFTER}))+[\s,.!?]*$", _FLAGS)
_PLEA_ALL = re.compile(rf"(?:[\s,.:;]+(?:{_AFTER}|{_PLEA}))+[\s,.!?]*$", _FLAGS)


LONGEST_END = 160
"""So many characters at the end are looked at: a search through a long text for what must reach its end takes its square."""


def without(text: str, pleas: bool = False) -> str:
    """`text` without it; empty when there is nothing else. pleas: a cry for help or a call at the end goes too."""
    text = _BEFORE_ALL.sub("", text)
    cut = max(0, len(text) - LONGEST_END)
    return (text[:cut] + (_PLEA_ALL if pleas else _AFTER_ALL).sub("", text[cut:])).strip()
