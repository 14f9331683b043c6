"""Numbers and days that are no appointment times: phones, doses, ages, scores, birth dates, counts, the past.

`masked(text, year)` puts `§` in their place, so that no rule for times can touch them. The text is canonical (`when_words`).
"""

from __future__ import annotations

import re

from bot.when_words import MONTHS

GAP = " § "
_MONTH = f"(?:{'|'.join(MONTHS)})"
_WD = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_CLOCK = r"(?: (?:at |around )?\d{1,2}(?::\d\d)?(?:am|pm)?(?![\w/]))?"
_DATE = rf"(?:\d{{1,4}}[/.-]\d{{1,2}}(?:[/.-]\d{{1,4}})?|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{2,4}})?|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? (?:of )?\d{{2,4}})?|\d{{6,8}}|(?:the )?\d{{1,2}}(?:st|nd|rd|th))"
_PAST_UNIT = rf"(?:{_WD}s?|weekend|week|month|year|night|spring|summer|fall|autumn|winter|{_MONTH}|christmas|thanksgiving|time|few (?:days|weeks|months|years)|couple (?:of )?(?:days|weeks|months)|\d+ (?:days|weeks|months|years)|session|visit|appointment|treatment)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:good|gd|gud|happy|merry|have an?|enjoy (?:the|your)|nice|great)(?: (?:good|great|nice|lovely|happy|blessed|rest of your))* (?:mornings?|afternoon|evening|night|day|weekend|week|christmas|thanksgiving|new years?|holidays|holiday|halloween|easter|friday|monday|tuesday|wednesday|thursday|saturday|sunday|birthday)\b(?! (?:is|works|would|at|appointment|slot))",
        r"\bbuen[oa]s? (?:dias?|tardes?|noches?)\b|\bfeliz (?:dia|tarde|noche|navidad|ano nuevo)\b",
        r"[\w.+-]+@[\w-]+\.\w+|https?://\S+",
        r"(?<![\d/])\+?(?:1[ .-]?)?\(?\d{3}\)?[ .-]{0,2}\d{3}[ .-]?\d{4}(?!\d)",
        r"\b\d{3}[ .-]\d{4}\b",
        rf"\b(?:dob|d\.o\.b\.?|date of birth|birth ?date|birth ?day|born|bday|b-day|anniversary)\b[\s:,]*(?:(?:is|was|on|in|the|it)\b[\s:]*)*{_DATE}",
        rf"\b{_DATE} ?(?:is my|as my|\(?(?:dob|date of birth|birth ?day|birth ?date))\b",
        r"\b(?:born|dob|birthday)\b[^.?!]{0,12}\b(?:19|20)\d\d\b",
        r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19\d\d|[3-9]\d)\b(?!/)",
        rf"\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? 19\d\d\b|\b\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? 19\d\d\b",
        r"(?<![\w/:-])\d{5,}\b",
        r"\b(?:zip|zip code|code|ends in|ending in|id|member|group|policy|claim|pin|account|acct|card|ref|reference|invoice|case|file)(?: (?:number|no|is|code|#|:))* ?#?\d+",
        r"\b(?:the |my |our )?(?:\d{1,2}(?::\d\d)?(?:am|pm| oclock)?|noon) (?:session|appointment|visit|treatment|slot|one) (?:on |from )?(?:last|past|previous|yesterday)\b",
        rf"\b(?:last|past|previous) {_PAST_UNIT}\b(?! of| in (?!19|20)| (?:before|and before))(?: (?:morning|afternoon|evening|night))?{_CLOCK}",
        rf"\b(?:at \d{{1,2}}(?::\d\d)?(?:am|pm)? )?(?:yesterday|day before yesterday)(?: (?:morning|afternoon|evening|night))?{_CLOCK}",
        r"\b(?:\d+|a|an|some|few|couple(?: of)?)(?:-| )?(?:minutes?|hours?|days?|weeks?|months?|years?|decades?)?(?: and a half)? ago\b(?: (?:today|monday|tuesday|wednesday|thursday|friday|saturday|sunday))?",
        rf"\b(?:since|ever since) (?:the )?(?:last |early |late |mid )?(?:{_MONTH}(?: \d+(?:st|nd|rd|th)?)?(?:,? (?:19|20)\d\d)?|(?:19|20)\d\d|{_WD}|\d{{1,2}}/\d{{1,2}}|christmas|thanksgiving|summer|spring|fall|winter|\d+(?:am|pm)?\b|then|yesterday|the \d+(?:st|nd|rd|th))",
        r"\b\d+(?:\.\d+)? ?(?:mg|mcg|ml|milligrams?)(?: (?:of )?[a-z]+)? (?:in|at|every) (?:the )?(?:mornings?|nights?|bedtime|evenings?|noon|afternoon)(?: and \d+(?: mg)? (?:in|at) (?:the )?(?:mornings?|nights?|bedtime|evenings?|noon))?",
        r"\bhow (?:many|long)\b[^.?!,]*,? \d+ ?(?:to|or|-) ?\d+",
        r"\b\d+(?:\.\d+)? ?(?:mg|mcg|ml|milligrams?|micrograms?|grams?|cc|iu|hz|tesla|lbs?|pounds|kg|percent|%)\b|\d+(?:\.\d+)?%",
        r"\b(?:im|i am|hes|he is|shes|she is|turn|turned|turning|aged|age|ages|age of|diagnosed at|when i was|since i was|onset at) (?:a |an |now )?(\d{2,3})(?=(?: (?:and|years?|yrs?|yo|now|male|female|with|so|old|year)\b|[,.?!]|$))(?![:/-])",
        r"\b(?:im|hes|shes|i am|he is|she is|age|aged|turned|turning|my age is) (?:a )?(?:1[3-9]|[2-9]\d)\b(?! ?(?:minutes|min|days|weeks|:|am|pm))",
        r"\b\d{1,3}[ -]?(?:years?|year|yr|yrs)[ -]?olds?\b|\b\d{1,3} ?(?:yo|y/o|yr old|months old|month old)\b",
        rf"\b(?:turn|turns|turning|turned) \d{{1,3}}(?: (?:in|on|this|next) (?:{_MONTH}|{_WD}|week|month|year)(?: \d+[a-z]*)?)?",
        r"\b(?:scale|range|rate|rated)(?: (?:of|from|is|between))* \d+ ?(?:to|-|and|through) ?\d+(?:[^.?!]{0,25}?\b(?:a|an|at|is|like|about|im|its|say) \d+)?",
        r"\b(?:im|its|it is|i am|at|like|about|was|is)(?: (?:at|like|about|only))? an? \d{1,2}\b(?!:|am|pm| ?(?:oclock|am|pm|week|month|day|hour|minute))",
        r"(?<![\d/])\d{1,2}(?:\.\d)? ?/ ?10\b(?! ?(?:at|after|before|or|,))(?=[^/]*\b(?:pain|mood|anxi|depress|sad|feel|bad|score|rat|head|energy|sleep|stress))",
        r"(?:(?<=pain )|(?<=mood )|(?<=anxiety )|(?<=depression )|(?<=pain is )|(?<=mood is )|(?<=pain at )|(?<=pain level )|(?<=stress ))(?:is |was |at |a |an |of |level )*\d{1,2}(?: ?/ ?10)?\b",
        r"\b\d{1,2} out of \d+\b|\b\d+ of (?:my |the )?\d+\b|\b\d+/\d+ (?:sessions|treatments|done|complete)",
        r"\b(?:phq|gad|phq9|gad7|moca|madrs|ham-?d|hamd|bdi|qids|y-?bocs|ybocs|pcl|covid|vitamin b)[ -]?\d*\b(?:[ -](?:score |is |was |of |at |now |went |from |to |dropped |down |up )*\d+(?: (?:to|down to|and) \d+)?)?",
        r"\b(?:score|scored|scores|level|rating|rate it|rated|result|motor threshold|threshold|mt|bmi|weigh|weight|fever|temp|temperature|pulse|a1c)(?: (?:is|was|of|a|an|at|about|now|went|from|to|around|came back))* \d+(?:\.\d+)?(?: (?:to|down to) \d+)?",
        r"\b(?:[6-9]\d|[12]\d\d)/\d{2,3}\b(?!/)",
        r"\b24/7\b|\b911\b|\b988\b|\b1/2\b|\b50/50\b|\b9/11\b",
        r"\$ ?\d[\d,.]*(?:k\b)?(?: ?(?:-|to) ?\$?\d+)?|\b\d[\d,]* ?(?:dollars?|bucks|usd|cents)\b",
        r"\b(?:first |last |another |these |those |all |about |the |next )?\d+(?: ?(?:-|to|or) ?\d+)? (?:more |total |other |different |of my |of the |tms |daily |weekly |full |maintenance |taper |make ?up |missed |extra |remaining |new |free |active |short )*(?:sessions?|treatments?|visits|appointments|times|tx|txs|pills?|tablets?|meds?|medications?|antidepressants|drugs?|doses?|kids?|children|sons|daughters|people|patients|blocks?|miles?|minutes?|mins?|min|hours?|hrs?|pulses|trains|locations?|offices?|doctors?|episodes?|attempts?|tries|cups|drinks|beers|cigarettes|steps?|pounds|nights|points?|seizures?|reasons?|questions?|things|hospitals?|stars|bedrooms|cats|dogs)\b(?! (?:before|earlier|later|after|from now|ahead))",
        r"\b(?:session|sessions|treatment|visit|number|no\.|num|option|choice|step|suite|ste|unit|floor|room|chair|building|bldg|exit|route|highway|hwy|bus|line|phase|stage|tx|part|type|version|grade|gate|lot|question|reply|press|text|top|interstate|iphone|windows|channel|size|chapter|page|group|tier|schedule|class|bipolar|diabetes|factor|level)s? #?\d{1,3}\b(?!:|am|pm|/| ?(?:am|pm|oclock|days|weeks))",
        r"(?<!next )(?<!this )(?<!an )(?<!1 )(?<!any )(?<!same )(?<!every )(?<!following )(?<!per )(?<!\ba )(?<!week )(?<!of )\b(?:week|day|month|year) #?\d{1,3}\b(?![:/-]|am|pm| ?(?:oclock|am|pm|to ))",
        r"#\d+",
        r"\b\d{2,5} (?:[a-z]+ )?(?:[a-z]+ )?(?:avenue|street|ave|road|rd|lane|blvd|boulevard|drive|court|way|parkway|pkwy|highway)\b",
        r"\b\d{1,2}:?\d{2,3} (?!(?:at|on|in|the|to|am|pm)\b)(?:[a-z]+ ){1,2}st\b",
        r"\b(?:in|since|from|back in|during|until|around|circa|of|early|late|for|by|year|summer of|fall of|winter of|spring of|between|and) (?:19\d\d|200\d|201\d)s?\b",
        r"\b(?:19\d\d|200\d|201\d)s?\b",
        r"\b(?:every|each) (?:\d+|other|few|couple(?: of)?) (?:hours?|days?|weeks?|months?|years?|minutes?)\b",
        r"\b\d+(?: ?(?:-|to|or) ?\d+)? ?(?:x|times|days|sessions|hours|nights|treatments)(?: ?(?:a|per|each|every|/))? ?(?:day|week|month|year|night)\b",
        r"\b\d+ (?:to|-) \d+ (?:weeks?|months?|years?|days?|hours?)\b(?! from)",
        r"\b(?:1|one)[ -]on[ -](?:1|one)\b|\bmonday\.com\b|\bsunday school\b|\bblack friday (?:deal|sale)s?\b|\bfriday night lights\b|\bmay or may not\b|\bnew years resolution\b",
    )
)


def masked(text: str, year: int) -> str:
    """`text` with every number that is no time replaced. `year` is the present one: dates of earlier years are history."""
    text = _past_years(text, year)
    for pattern in _PATTERNS:
        text = pattern.sub(GAP, text)
    return re.sub(r"\s+", " ", text)


def _past_years(text: str, year: int) -> str:
    def history(m: re.Match[str]) -> str:
        return GAP if int(m[1]) < year else m[0]

    text = re.sub(rf"\b(?:{_MONTH} )(?:\d{{1,2}}(?:st|nd|rd|th)?,? )?(?:of )?((?:19|20)\d\d)\b", history, text)
    text = re.sub(r"\b\d{1,2}[/-]\d{1,2}[/-]((?:19|20)\d\d)\b", history, text)
    text = re.sub(r"\b\d{1,2}([/-])\d{1,2}\1(\d\d)\b(?!/)", lambda m: GAP if 2000 + int(m[2]) < year else m[0], text)
    return re.sub(r"\b(?:in |since |from |during )?((?:19|20)\d\d)\b(?!-)", history, text)
