"""Words to search windows: when a patient wants to come, in local clinic time (architecture, section 4).

A window is a pair of local ISO minutes, half-open: a day `("2026-11-24T00:00", "2026-11-25T00:00")`, an exact time the one
minute from it, a time on any day `("T16:00", "T24:00")`. Everything lies within now … now + 180 days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import duckling

Window = tuple[str, str]
HORIZON_DAYS = 180


@dataclass(frozen=True)
class When:
    """What a message says about times. All times are local to the clinic, without an offset.

    windows: where to search; () when the message names no time it wants.
    old_windows: the appointment it names to move away from.
    asap: "first available", "as soon as possible"; may come with windows ("the first you have next week").
    series: `{"weekdays": ["mon", "wed"], "time": "09:00" | None, "weeks": 6 | None, "start"?: "2026-12-04"}` or None; the
        windows then hold the first week.
    ambiguous: two or more readings, each a tuple of windows, the first equal to `windows`; None when there is one.
    exact: every window is one minute, a time of day to be met exactly.
    dates_impossible: words such as "feb 30" that name no day.
    dates_past / dates_too_far: windows that were meant but lie before now or beyond the horizon of 180 days; never in `windows`.
    """

    windows: tuple[Window, ...] = ()
    old_windows: tuple[Window, ...] = ()
    asap: bool = False
    series: Mapping[str, Any] | None = None
    ambiguous: tuple[tuple[Window, ...], ...] | None = None
    exact: bool = False
    dates_impossible: tuple[str, ...] = ()
    dates_past: tuple[Window, ...] = ()
    dates_too_far: tuple[Window, ...] = ()

    def __bool__(self) -> bool:
        """Whether the message says anything at all about times."""
        return bool(self.windows or self.old_windows or self.asap or self.series or self.problem)

    @property
    def problem(self) -> str | None:
        """Why a time that was named cannot be searched: "impossible", "past", "too_far"; None when it can."""
        if self.windows:
            return None
        if self.dates_impossible:
            return "impossible"
        return "past" if self.dates_past else "too_far" if self.dates_too_far else None

    def as_dict(self) -> dict[str, Any]:
        """Plain lists and dicts for JSON: the value of the entity `when`."""
        return {
            "windows": [list(w) for w in self.windows],
            "old_windows": [list(w) for w in self.old_windows],
            "asap": self.asap,
            "series": dict(self.series) if self.series else None,
            "ambiguous": [[list(w) for w in reading] for reading in self.ambiguous] if self.ambiguous else None,
            "exact": self.exact,
            "dates_impossible": list(self.dates_impossible),
            "dates_past": [list(w) for w in self.dates_past],
            "dates_too_far": [list(w) for w in self.dates_too_far],
        }


def understand(text: str, now: datetime, language: str = "en", zone: str = "America/Chicago") -> When:
    """The times in `text`, a patient's message of any kind. Never raises on any text.

    `now` is aware, or naive and then local to `zone` (IANA name); `language` is "en" or "es".
    """
    local = (now.astimezone(ZoneInfo(zone)) if now.tzinfo else now).replace(second=0, microsecond=0, tzinfo=None)
    windows = []
    for found in duckling.parse(text, local, zone, language):
        value = found.value
        if value.get("type") != "value" or value.get("grain") not in {"day", "hour", "minute", "week", "month"}:
            continue
        start = duckling.wall_clock(value["value"])
        days = {"day": 1, "week": 7}.get(value["grain"], 0)
        end = start + (timedelta(days=days) if days else timedelta(minutes=1))
        if local < end <= local + timedelta(days=HORIZON_DAYS):
            windows.append((_iso(max(start, local)), _iso(end)))
    return When(windows=tuple(windows))


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")
