"""A series of sessions said in one breath: "Mon/Wed/Fri at 9 for 6 weeks", "every Tuesday at noon starting December 8"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.when_items import Item
from bot.when_meaning import Meaning, Piece

_WEEKS = re.compile(
    r"\b(?:(?:for|over|x|times|lasting|during|of)(?: the| a)?(?: next| full| whole)? ?)(\d{1,2})[ -]?(?:more )?weeks?\b(?! from| after| of)|\b(\d{1,2})[ -]weeks? (?:long|straight|in a row|series|course|total|running)\b"
)
_MONTHS = re.compile(r"\b(?:for|over|x)(?: the)?(?: next)? ?(\d{1,2}) months?\b")
_SHORT = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def series(text: str, found: Meaning) -> Mapping[str, Any] | None:
    """`{"weekdays", "time", "weeks", "start"?}` or None. `text` is canonical and unmasked, so that it still counts weeks."""
    weekday_items = [i for i in found.items if i.day and i.day.kind == "weekdays" and i.day.part != "any day"]
    if not weekday_items:
        return None
    weeks = _weeks(text)
    every = any(i.day and i.day.every and not text[i.day.start : i.day.end].endswith("s") for i in weekday_items)
    worded = any(i.day and i.day.every for i in weekday_items) and re.search(r"\b(?:every|each|daily)\b", text)
    if weeks is None and not (every and worded):
        return None
    weekdays = sorted({w for i in weekday_items if i.day for w in i.day.weekdays})
    times = {(i.clock.first, i.clock.last) for i in found.items if i.clock and i.clock.kind == "point"}
    first = next(iter(times))[0] if len(times) == 1 else None
    out: dict[str, Any] = {
        "weekdays": [_SHORT[w] for w in weekdays],
        "time": f"{first // 60:02d}:{first % 60:02d}" if first is not None else None,
        "weeks": weeks,
    }
    start = _start(found.items)
    if start:
        out["start"] = start
    return out


def first_week(pieces: Sequence[Piece], start: str | None) -> list[Piece]:
    """The pieces of the series' first seven days, counted from its first day."""
    dates = sorted({day for day, _, _ in pieces if day is not None and (start is None or day.isoformat() >= start)})
    if not dates:
        return list(pieces)
    end = dates[0] + timedelta(days=6)
    return [p for p in pieces if p[0] is not None and dates[0] <= p[0] <= end]


def _weeks(text: str) -> int | None:
    m = _WEEKS.search(text)
    if m:
        return int(m[1] or m[2])
    m = _MONTHS.search(text)
    return int(m[1]) * 4 if m else None


def _start(items: Sequence[Item]) -> str | None:
    for item in items:
        if item.day and item.day.kind == "bound" and not item.day.upto and item.day.edge:
            return item.day.edge.isoformat()
    return None
