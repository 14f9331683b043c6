"""What a patient typed, made safe to store, show and understand."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 1000

# Unicode TR9 direction controls: with them a text can show something else than it says.
BIDI = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_SPACES = re.compile(r"[ \t\r\n\f\v\u0085\u2028\u2029]+")
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f" + BIDI + r"\ufff9-\ufffb\ufeff]")
_LEADING_SLASHES = re.compile(r"^[\s/]+")


def clean(text: str) -> str:
    """NFC, without control and direction characters, runs of white space as one space, trimmed."""
    return _SPACES.sub(" ", _UNWANTED.sub("", unicodedata.normalize("NFC", text))).strip()


def for_understanding(text: str) -> str:
    """A cleaned text as Rasa may see it: without leading slashes, since `/name{…}` is Rasa's command form."""
    return _LEADING_SLASHES.sub("", text)
