"""Telephone numbers: kept in clear only where a text must go, hashed in ids, masked in logs."""

from __future__ import annotations

import hashlib
import hmac
import re

E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def mask(number: str) -> str:
    """The last two digits: +1…45."""
    return f"…{number[-2:]}" if E164.fullmatch(number) else "…"


def keyed_hash(number: str, key: str) -> str:
    """A number's name in tables and logs: HMAC-SHA256 under the house's key, so that a copy of the table is no phone list."""
    return hmac.new(key.encode(), f"phone:{number}".encode(), hashlib.sha256).hexdigest()[:32]


def can_be_answered(number: str) -> bool:
    """Whether it is an ordinary number. Short codes and names belong to machines, which are never answered."""
    return E164.fullmatch(number) is not None
