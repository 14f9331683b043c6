"""Signed links for staff: they name one thing, end by themselves, and cannot be made up."""

from __future__ import annotations

import hashlib
import hmac
import re

_FORM = re.compile(r"([0-9a-f-]{36})\.([0-9]{1,12})\.([0-9a-f]{64})")


def sign(key: str, purpose: str, subject: str, until: float) -> str:
    """`subject.until.seal`: HMAC-SHA256 over purpose, subject and end, so that a link for one purpose fits no other."""
    return f"{subject}.{int(until)}.{_seal(key, purpose, subject, int(until))}"


def subject(key: str, purpose: str, signed: str, now: float) -> str | None:
    """What a signed link names; None when it is forged or has ended."""
    match = _FORM.fullmatch(signed)
    if match is None:
        return None
    name, until, seal = match[1], int(match[2]), match[3]
    if not hmac.compare_digest(seal, _seal(key, purpose, name, until)) or now >= until:
        return None
    return name


def _seal(key: str, purpose: str, name: str, until: int) -> str:
    return hmac.new(key.encode(), f"{purpose}\n{name} {until}".encode(), hashlib.sha256).hexdigest()
