"""What several commands read and print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any


def days_of(text: str) -> list[date]:
    """`2026-12-24`, or `2026-12-24/2026-12-31` with both ends. Raises ValueError."""
    first, _, last = text.partition("/")
    start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    if not start <= end <= start + timedelta(days=366):
        raise ValueError("the last day must come after the first, within a year")
    return list(_each(start, end))


def printed(document: Any) -> int:
    """Print as JSON; the exit status of a command that worked."""
    print(json.dumps(document, indent=2, ensure_ascii=False))
    return 0


def _each(day: date, end: date) -> Iterator[date]:
    while day <= end:
        yield day
        day += timedelta(days=1)
