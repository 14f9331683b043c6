"""ASAP: does the patient want the first appointment there is? Over canonical text, Spanish already said in English."""

from __future__ import annotations

import re

_OPENING = r"(?:available|availability|opening|openings|slot|spot|open slot|free slot|vacancy|chair|gap)"
_ASAP = re.compile(
    r"\basap\b|\bas (?:soon|early|quick|quickly|fast) as (?:(?:you|u|we|i|they|it|is|the|your|this|that|humanly) ?)*(?:possibly )?(?:can|possible|could|available|able|clinic|schedule|have|are able)\b"
    rf"|\b(?:first|1st|next|earliest|soonest|nearest|closest|quickest)(?: [a-z]+){{0,3}}? {_OPENING}\b"
    r"|\b(?:first|1st|very first|next|earliest|soonest|nearest|closest|quickest) (?:thing|appointment|time|date|day|one|visit|consult|consultation|session|evaluation) (?:that )?(?:you|u|thats|that is|which|available|open|possible|there is|i can get|we can get)\b"
    r"|\b(?:earliest|soonest|nearest|closest|quickest)(?: possible)?(?: (?:appointment|time|date|one|visit|consult|consultation|session|evaluation|intake|you|u|i can|that|there|day|thing))?(?=\W|$)(?! (?:age|sign|signs|symptom|symptoms|memory))"
    r"|\bthe (?:sooner|earlier|quicker) the better\b|\bsooner (?:is|the) better\b|\bearliest convenience\b"
    r"|\bwhat(?:ever|s|ever is|ever you have)?(?: [a-z]+){0,4} (?:first|soonest|earliest)\b(?! (?:thing|visit|session|appointment|time|day|consult|treatment|step))"
    r"|\bhow (?:soon|quickly|fast|early) (?:can|could|may|might) (?:i|we|you|u|someone|somebody|the doctor|they|an appointment)\b(?! (?:feel|expect|drive|see (?:results|a change|improvement|any)|stop|know|return|go back|tell|notice|get (?:better|relief|results)|quit|work))"
    r"|\b(?:see|seen|come in|come|get in|appointment|book|booked|start|schedule|scheduled|fit me in|squeeze me in|in)(?: [a-z]+){0,3} (?:right away|immediately|straight away|urgently|right now)\b(?! (?:after|following|before))"
    r"|\b(?:urgent|emergency) (?:appointment|visit|consult|consultation|slot|opening)\b|\b(?:need|want)s? (?:it |this |to come in |an appointment |to be seen |in )?urgently\b"
    r"|\bfirst come\b|\bfirst (?:available|opening|open)\b"
)
_NOT = re.compile(
    r"(?:(?:\d(?:am|pm|st|nd|rd|th)?|noon|day|tomorrow|week),? (?:at )?the (?:very )?earliest\b|(?:the )?(?:earliest|soonest) (?:that )?(?:i|we|he|she) (?:can|could) (?:[a-z]+ ){0,3}?is\b)|"
    r"\b(?:no (?:rush|hurry|need)|not (?:urgent|in a hurry|in a rush|necessarily|asap|need|have to be|looking for|the)|dont (?:need|want|have to)|doesnt (?:need|have to)|isnt urgent|nothing urgent|rather not|neednt)\b[^.?!]{0,30}"
)


def wants_asap(text: str) -> bool:
    """True for "first available", "as soon as you can", "how soon can I come in"; not for "no rush, not asap"."""
    return bool(_ASAP.search(_NOT.sub(" ", text)))
