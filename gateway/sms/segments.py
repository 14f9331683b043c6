"""How many SMS segments a text costs, and which characters make it expensive.

GSM 03.38: 160 septets in one segment, 153 in each of several. Anything outside it: UCS-2, 70 and 67 UTF-16 units. An escape
pair or a grapheme (an emoji) is never split, so plain division undercounts (checked against Twilio's own calculator).
"""

from __future__ import annotations

from functools import cache

import gsm0338
import regex

SINGLE = {"gsm": 160, "ucs2": 70}
PART = {"gsm": 153, "ucs2": 67}
LONGEST = 1600

# Twilio's smart encoding in short: look-alikes that turn a whole text into UCS-2 for nothing.
LOOKALIKES = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u0060": "'", "\u00b4": "'",
        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"',
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
        "\u2026": "...", "\u2022": "*", "\u00b7": ".", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2003": " ",
        "\u2002": " ", "\u200b": "", "\ufeff": "", "\t": " ",
    }
)  # fmt: skip


@cache
def _codec() -> gsm0338.Codec:
    return gsm0338.Codec()


def is_gsm(text: str) -> bool:
    """Whether the text fits GSM 03.38 as it stands."""
    try:
        _codec().encode(text)
    except (UnicodeError, ValueError):
        return False
    return True


def count(text: str) -> int:
    """The number of segments; an empty text is one."""
    if is_gsm(text):
        kind, units = "gsm", [len(_codec().encode(letter)[0]) for letter in text]
    else:
        kind, units = "ucs2", [len(cluster.encode("utf-16-be")) // 2 for cluster in regex.findall(r"\X", text)]
    if sum(units) <= SINGLE[kind]:
        return 1
    parts, room = 0, 0
    for unit in units:
        if unit > room:
            parts, room = parts + 1, PART[kind]
        room -= unit
    return parts


def economical(text: str) -> str:
    """The same words without look-alike characters; accents of names and Spanish stay as they are."""
    return text.translate(LOOKALIKES)
