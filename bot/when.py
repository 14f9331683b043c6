"""Words to search windows: when a patient wants to come, in local clinic time (architecture, section 4).

A window is a pair of local ISO minutes, half-open: a day `("2026-11-24T00:00", "2026-11-25T00:00")`, an exact time the one
minute from it, a time on any day `("T16:00", "T24:00")`. Everything lies within now … now + 180 days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.when_asap import wants_asap
from bot.when_birth import date_of_birth
from bot.when_calendar import HORIZON_DAYS, Calendar
from bot.when_meaning import Piece, meaning
from bot.when_noise import masked
from bot.when_series import first_week, series
from bot.when_spanish import english, is_spanish
from bot.when_words import canonical

__all__ = ["When", "Window", "date_of_birth", "understand", "windows"]

Window = tuple[str, str]
MOST_CHARACTERS = 600  # what a patient says about times stands near the beginning; longer texts are pasted


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

    `now` is aware, or naive and then local to `zone` (IANA name); `language` is "en" or "es", but Spanish words are understood
    in any talk.
    """
    local = (now.astimezone(ZoneInfo(zone)) if now.tzinfo else now).replace(second=0, microsecond=0, tzinfo=None)
    text = text[:MOST_CHARACTERS]
    if language == "es" or is_spanish(text):
        text = english(text, day_first=is_spanish(text))
    plain = canonical(text)
    quiet = masked(plain, local.year)
    first = _reading(plain, quiet, Calendar(local))
    if not first.doubtful:
        return first.when
    second = _reading(plain, quiet, Calendar(local, second=True)).when
    if not second.windows or second.windows == first.when.windows:
        return first.when
    return replace(first.when, ambiguous=(first.when.windows, second.windows))


@dataclass(frozen=True)
class _Reading:
    when: When
    doubtful: bool


def _reading(plain: str, quiet: str, calendar: Calendar) -> _Reading:
    found = meaning(quiet, calendar)
    repeated = series(plain, found)
    wanted = first_week(found.wanted, repeated.get("start")) if repeated else found.wanted
    here, past, far = windows(wanted, calendar.now)
    if found.impossible and here and here[0][0].startswith("T"):
        here = ()  # "november 31st at 9": the time alone would be searched on any day
    old = windows(found.old, datetime.combine(calendar.today, datetime.min.time()))[0]
    when = When(
        windows=here,
        old_windows=old,
        asap=wants_asap(plain),
        series=repeated,
        exact=bool(here) and all(_minute(w) for w in here),
        dates_impossible=tuple(found.impossible),
        dates_past=past,
        dates_too_far=far,
    )
    return _Reading(when, calendar.doubtful)


def windows(
    pieces: Sequence[Piece], now: datetime
) -> tuple[tuple[Window, ...], tuple[Window, ...], tuple[Window, ...]]:
    """Pieces as windows within now … now + 180 days, then those that lie before, then those beyond; whole days are joined."""
    horizon = now + timedelta(days=HORIZON_DAYS)
    here: list[tuple[datetime, datetime]] = []
    past: list[tuple[datetime, datetime]] = []
    far: list[tuple[datetime, datetime]] = []
    timeless = sorted({(first, last) for day, first, last in pieces if day is None and last - first < 1440})
    for day, first, last in sorted(
        {p for p in pieces if p[0] is not None}, key=lambda p: (p[0] or now.date(), p[1], p[2])
    ):
        if day is None:
            continue
        midnight = datetime.combine(day, datetime.min.time())
        start, end = midnight + timedelta(minutes=first), midnight + timedelta(minutes=last)
        kept = past if end <= now else far if start >= horizon else here
        if kept is here:
            start, end = max(start, now), min(end, horizon)
        if kept and kept[-1][1] >= start and not (end - start <= timedelta(minutes=1)):
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    bare = tuple((_clock(first), _clock(last)) for first, last in timeless)
    dated = tuple((_iso(a), _iso(b)) for a, b in here)
    return (
        dated or (() if past or far else bare),
        tuple((_iso(a), _iso(b)) for a, b in past),
        tuple((_iso(a), _iso(b)) for a, b in far),
    )


def _minute(window: Window) -> bool:
    a, b = (int(side[-5:-3]) * 60 + int(side[-2:]) for side in window)
    return b - a == 1


def _clock(minutes: int) -> str:
    return f"T{minutes // 60:02d}:{minutes % 60:02d}"


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")
