"""More signs of danger in English, one to a line, read like `bot.safety_english`. New signs belong here.

Source of the kinds of sign: the fact base's safety section (farewells, giving things away, no future plans, violence at home).
"""

from __future__ import annotations

PETS_AND_THINGS = r"(?:dog|cat|dogs|cats|pets?|bird|things|stuff|belongings|jewelry|car|guitar|tools|plants|savings)"
HARMLESS = (
    r"\bbleed(?:ing|s)? (?:me|us) dry\b",
    r"\bbeats? me to (?:it|(?:the|a|that|my) (?!ground|floor|pulp|death))",
    r"\b(?:boss|wife|husband|mom|dad|landlord|teacher|coach) (?:is gonna |gonna |will |would |might )?(?:murder|kill|strangle) me (?:if|when|for) (?:i|im|being)\b",
)
SUICIDAL = (
    # What one has done to oneself, or may have done "by then".
    r"\b(?:may|might|will|could|gonna|ill|i d|id) (?:have |ve )?(?:already )?(?:shot|hanged|hung|drowned|killed|poisoned|offed) myself\b",
    r"\b(?:shot|hanged|hung|drowned|killed) myself by (?:then|that time|now)\b",
    # A farewell together with no need of what is planned.
    r"\bwont (?:be needing|need|be requiring) (?:the rest|any more|anymore|any of|my (?:next|other|remaining))\b[^.]{0,60}(?:[.!] ?)?[^.]{0,30}\b(?:goodbye|good bye|farewell|thank (?:you|u) (?:for|4) everything)\b",
    r"\b(?:goodbye|good bye|farewell) and thank(?:s| you| u) (?:for|4|to) (?:everything|everyone|all)\b",
    # Giving away what one loves, and letters.
    rf"\b(?:given|gave|giving|give) (?:away )?(?:my |our )?{PETS_AND_THINGS}(?: \w+){{0,5}} and (?:(?:i|ive|have) )?(?:written|wrote|left|writing) (?:the|my|some|all the|a) (?:letters?|notes?|goodbyes?)\b",
    r"\b(?:written|wrote|writing|finished) (?:the|my|all the|all my) (?:letters|notes|goodbye (?:letters?|notes?))(?=$| \.| to (?:my|the|every))",
)
ABUSE = (
    r"\b(?:beating|beats|choking|strangling|punching|hurting) me\b[^.]{0,40}\b(?:hiding|hide|locked|bathroom|closet|help)\b",
    r"\bhiding (?:in|from)\b[^.]{0,30}\b(?:my (?:husband|wife|boyfriend|girlfriend|partner|ex|dad|father|stepdad)|him|her)\b",
)
