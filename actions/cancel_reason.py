"""Why a visit is called off: one of the service's reasons, from what the patient says of their own accord or when asked once.

Never needed, never kept in the patient's words.
"""

from __future__ import annotations

import re

from actions import said

# In this order: "I feel better" is no illness, "no car to get to work" no matter of hours.
_REASONS = (
    ("better", r"(?:feel|feeling|am|im|getting|doing) (?:much |so much |a lot |way )?(?:better|good|great|well)(?! if)|(?:dont|do not|no longer) need it|"
     r"me siento (?:mucho )?mejor|estoy (?:mucho )?mejor|ya no (?:la|lo) necesito"),
    ("elsewhere", r"(?:another|other|different) (?:clinic|doctor|provider|place|practice)|elsewhere|otra clinica|otro (?:doctor|medico|lugar)"),
    ("cost", r"cost|costs|expensive|afford|money|insurance|pay for|caro|cara|dinero|seguro|pagar|costo"),
    ("travel", r"ride|car|transport\w*|bus|drive|driver|travel\w*|trip|vacation|out of town|snow|storm|weather|roads?|too far|"
     r"viaj\w+|carro|coche|transporte|nieve|vacaciones|lejos"),
    ("ill", r"sick|(?:im|am|is|feel|feeling|fell|was|got|become) (?:so |really |very )?ill|flu|covid|fever|cold|headache|throwing up|vomiting|hospital|surgery|unwell|not feeling (?:well|good|great)|dont feel (?:well|good)|"
     r"enferm[oa]|gripe|fiebre|hospital|resfriad[oa]|me siento mal|cirugia"),
    ("schedule", r"work|job|shift|boss|school|class|meeting|conflict|busy|schedule|kids?|child|children|childcare|sitter|family|court|funeral|"
     r"came up|trabajo|turno|escuela|clase|reunion|ocupad[oa]|hijos?|ninos?|familia|horario|surgio"),
)  # fmt: skip
_PATTERNS = tuple((name, re.compile(rf"\b(?:{pattern})\b")) for name, pattern in _REASONS)
_YES = re.compile(r"^(?:yes|yeah|yep|yup|sure|ok|okay|please|correct|si|claro)\b")
_AND_NOT = re.compile(r"\b(?:no|dont|not|move|instead|wait|keep|but|another day|reschedule|pero|mejor|cambiar|mover)\b")
_BECAUSE = re.compile(r"\b(?:because|since|cause|as i|as my|porque|ya que)\b")


def reason(text: str) -> str | None:
    """The reason in a message: "ill", "schedule", "travel", "cost", "better", "elsewhere"; "other" after a "because"; else None."""
    words = said.plain(text)
    if "?" in text or "¿" in text:
        return None
    found = next((name for name, pattern in _PATTERNS if pattern.search(words)), None)
    return found or ("other" if _BECAUSE.search(words) else None)


def yes_because(text: str) -> bool:
    """Whether the message is a yes with a reason behind it, and nothing that takes it back: "yes, I'm sick"."""
    words = said.plain(text)
    opening = _YES.match(words)
    if opening is None or reason(text) is None:
        return False
    return not _AND_NOT.search(words[opening.end() :].split(" because ")[0])
