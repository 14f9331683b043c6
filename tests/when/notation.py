"""The short notation of the labelled times in this folder.

    message | windows | flags

Windows are separated by commas, readings by `//`. `MM-DD` is a day, `MM-DD..MM-DD` days up to the second (not included), `now..`
and `..horizon` the ends of what can be booked; `@09:20` an exact time on each of the days, `@15-17` that stretch on each of
them; `T16-24` and `T16:00` a time on any day. Months before November are those of 2027. Flags: `asap`, `old=<windows>`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

NOW = datetime(2026, 11, 23, 9)
Window = tuple[str, str]
_DAY = re.compile(r"(\d\d)-(\d\d)")


@dataclass(frozen=True)
class Case:
    text: str
    readings: tuple[tuple[Window, ...], ...]
    old: tuple[Window, ...] | None
    asap: bool


def cases(path: Path) -> list[Case]:
    out = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        text, windows, flags = ([part.strip() for part in line.split("|")] + ["", ""])[:3]
        old = re.search(r"old=(.*)", flags)
        readings = tuple(tuple(_windows(reading)) for reading in windows.split("//"))
        out.append(Case(text, readings, tuple(_windows(old[1])) if old else None, "asap" in flags))
    return out


def _windows(text: str) -> list[Window]:
    out: list[Window] = []
    for one in (part.strip() for part in text.split(",")):
        if one.startswith("T"):
            first, last = _times(one[1:])
            out.append((f"T{first}", f"T{last}"))
        elif one:
            days, _, clock = one.partition("@")
            out += _dated(days, clock)
    return out


def _dated(text: str, clock: str) -> list[Window]:
    first, _, end = text.partition("..")
    start = NOW if first == "now" else _midnight(first)
    stop = (
        NOW + timedelta(days=180)
        if end == "horizon"
        else _midnight(end)
        if end
        else _midnight(first) + timedelta(days=1)
    )
    if not clock:
        return [(_iso(max(start, NOW) if first != "now" else NOW, "%H:%M"), _iso(stop, "%H:%M"))]
    out = []
    for i in range((stop.date() - start.date()).days):
        day = start.date() + timedelta(days=i)
        a, b = _times(clock)
        out.append((f"{day}T{a}", f"{day}T{b}" if b != "24:00" else f"{day + timedelta(days=1)}T00:00"))
    return out


def _times(text: str) -> tuple[str, str]:
    if "-" in text:
        first, last = ((side if ":" in side else f"{side}:00").zfill(5) for side in text.split("-"))
        return first, last
    hour, minute = text.split(":")
    return text, f"{hour}:{int(minute) + 1:02d}"


def _midnight(text: str) -> datetime:
    m = _DAY.fullmatch(text)
    assert m, text
    month, day = int(m[1]), int(m[2])
    return datetime.combine(date(2026 if month >= 11 else 2027, month, day), datetime.min.time())


def _iso(at: datetime, clock: str) -> str:
    return at.strftime(f"%Y-%m-%dT{clock}")


def joined(windows: tuple[Window, ...], now: datetime = NOW) -> list[tuple[str, str]]:
    """Windows in order, touching ones made one and nothing before `now`: what matters for a search."""

    def end(window: Window) -> str:
        if window[1] == "T24:00":
            return "T24:00"
        return window[1]

    out: list[tuple[str, str]] = []
    stamp = now.strftime("%Y-%m-%dT%H:%M")
    for first, last in sorted((w[0], end(w)) for w in windows):
        if not first.startswith("T"):
            first = max(first, stamp)
        if out and out[-1][1] >= first:
            out[-1] = (out[-1][0], max(out[-1][1], last))
        else:
            out.append((first, last))
    return out
