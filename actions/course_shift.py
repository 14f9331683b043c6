"""Which sessions of a course are meant, and to what time of day: "move everything after the 10th to afternoons"."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from actions.message import When
from actions.turn import Turn

OPEN_END = 150  # days ahead from which a stretch is meant to have no end
SEVERAL = re.compile(
    r"\b(?:everything|all (?:of )?(?:my |the |future |remaining )*(?:sessions|treatments|appointments|visits)|every session|the rest|"
    r"(?:the|my) (?:remaining |other )?(?:sessions|treatments) (?:after|from|starting|until)|"
    r"todo|tod[oa]s (?:mis |las )?(?:sesiones|citas)|el resto|(?:mis|las) sesiones)\b",
    re.I,
)
"""More than one visit: a matter of the course, not of a single appointment."""


def wish(when: When, turn: Turn) -> dict[str, Any]:
    """What a message says about a shift, as far as it does: `after`, `until` (ISO dates), `earliest`, `latest` ("12:00").

    `after` is the last day that stays as it is.
    """
    dated = [one for one in (*when.old_windows, *when.windows) if not one[0].startswith("T")]
    found: dict[str, Any] = {}
    if dated:
        first = min(date.fromisoformat(start[:10]) for start, _ in dated)
        last = max((datetime.fromisoformat(end) - timedelta(minutes=1)).date() for _, end in dated)
        found["after"] = (first - timedelta(days=1)).isoformat()
        if last < turn.today() + timedelta(days=OPEN_END):
            found["until"] = last.isoformat()
    timed = next((one for one in (*when.windows, *when.old_windows) if not _whole(one)), None)
    if timed:
        start, end = timed[0][-5:], timed[1][-5:].replace("00:00", "24:00")
        found["earliest"], found["latest"] = around(start, turn) if when.exact else (start, end)
    return found


def _whole(window: tuple[str, str]) -> bool:
    """A day or days, or what is left of today."""
    start, end = window
    return not start.startswith("T") and (
        end.endswith("T00:00") and (start.endswith("T00:00") or start[:10] != end[:10])
    )


def around(clock: str, turn: Turn) -> tuple[str, str]:
    """From half an hour before a time of day until a session that begins half an hour after it has ended."""
    minutes = next((kind.minutes for kind in turn.clinic.visit_types if kind.course), 40)
    at = int(clock[:2]) * 60 + int(clock[3:5])
    low, high = max(at - 30, 0), min(at + 30 + minutes, 1440)
    low, high = low - low % 5, high + (-high) % 5
    return f"{low // 60:02}:{low % 60:02}", f"{high // 60:02}:{high % 60:02}"
