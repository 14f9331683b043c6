"""Facebook's Duckling inside this process: what time words mean, before anything is known of a clinic.

Two traps of the native library are closed here. A missing time-zone directory or a failing Haskell call ends the whole
process, so zones are never loaded: Duckling is told the local wall-clock time as if it were UTC and answers in the same
wall-clock time, which also keeps days whole when clocks change. And a NUL or a lone surrogate panics, so both are removed
(by a space each, so offsets still fit the caller's text).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

MOST_CHARACTERS = 300  # Duckling's time grows faster than its text; patients' time words come early or not at all
LOCALES = {"en": "EN_US", "es": "ES_XX"}


@dataclass(frozen=True)
class Found:
    """One stretch of text that Duckling understood.

    `start`/`end` are character offsets into the text. `value` is Duckling's own object: `{"type": "value", "value": iso,
    "grain": "day"}` or `{"type": "interval", "from": {…}, "to": {…}}`; times are local wall-clock time with an offset of
    +00:00 that means nothing. `values` holds the other readings.
    """

    start: int
    end: int
    dim: str
    value: dict[str, Any]

    @property
    def values(self) -> list[dict[str, Any]]:
        return list(self.value.get("values", []))


def parse(
    text: str,
    now: datetime,
    zone: str = "UTC",
    language: str = "en",
    dimensions: Sequence[str] = ("time",),
    latent: bool = False,
) -> list[Found]:
    """What Duckling finds in `text`, in order of appearance; [] for nothing.

    `now` is aware, or naive and then already local to `zone` (an IANA name). `language` is "en" or "es"; others count as "en".
    `dimensions` are Duckling's names ("time", "duration", "number", "phone-number" …). `latent` also gives weak readings ("7").
    """
    import duckling  # the import starts a Haskell runtime: only the process that parses pays for it

    clean = "".join(" " if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text[:MOST_CHARACTERS])
    if not clean.strip():
        return []
    found = json.loads(
        duckling.parse_text(clean, _context(_wall_clock(now, zone), language), _dimensions(tuple(dimensions)), latent)
    )
    return sorted(
        (Found(one["start"], one["end"], one["dim"], one["value"]) for one in found), key=lambda f: (f.start, -f.end)
    )


def wall_clock(iso: str) -> datetime:
    """Duckling's `2026-12-01T15:00:00.000+00:00` as naive local wall-clock time."""
    return datetime.fromisoformat(iso).replace(tzinfo=None)


def _wall_clock(now: datetime, zone: str) -> datetime:
    local = now.astimezone(ZoneInfo(zone)) if now.tzinfo else now
    return local.replace(tzinfo=timezone.utc)


@lru_cache(maxsize=1)
def _no_zones() -> Any:
    import duckling

    with tempfile.TemporaryDirectory() as empty:
        return duckling.load_time_zones(empty)


@lru_cache(maxsize=64)
def _context(now: datetime, language: str) -> Any:
    import duckling

    locale = duckling.default_locale_lang(duckling.parse_lang(language if language in LOCALES else "en"))
    if language in LOCALES:
        locale = duckling.parse_locale(LOCALES[language], locale)
    return duckling.Context(duckling.parse_ref_time(_no_zones(), "UTC", int(now.timestamp())), locale)


@lru_cache(maxsize=16)
def _dimensions(names: tuple[str, ...]) -> Any:
    import duckling

    return duckling.parse_dimensions(list(names))
