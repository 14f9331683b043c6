"""Seconds since 1970 as people and machines read them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def iso(seconds: int, tz: str = "UTC") -> str:
    """ISO 8601 with the offset of an IANA zone."""
    return datetime.fromtimestamp(seconds, ZoneInfo(tz)).isoformat()
