"""Finding free times and choosing the few that a patient is shown, as a receptionist would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from actions.draft import Draft, Window
from actions.turn import Turn
from actions.visits import Slot

SHOWN = 3
SEARCHED = 120
WHOLE_DAY = ("00:00", "24:00")


@dataclass(frozen=True)
class Offer:
    """What to show. near: nothing is free when it was asked for, so these are the nearest times; more: others are left.

    why_none: why nothing is free, in the scheduling service's word, when all that was asked for was looked at.
    """

    slots: list[Slot]
    near: bool = False
    more: bool = False
    why_none: str | None = None


async def search(turn: Turn, draft: Draft) -> Offer:
    """Free slots for the draft's visit type, place and windows that were not shown yet; the nearest when there are none."""
    assert draft.visit_type
    backend = turn.desk.backend
    found = await turn.call(backend.slots, draft.visit_type, draft.windows, location=draft.location, limit=SEARCHED)
    fresh = [slot for slot in found.slots if slot.slot_id not in draft.seen]
    if fresh:
        shown = spread(fresh, soonest=draft.asap and not draft.windows)
        return Offer(shown, more=len(fresh) > len(shown) or bool(found.cursor))
    if not draft.windows:
        return Offer([])
    everything = await turn.call(backend.slots, draft.visit_type, location=draft.location, limit=SEARCHED)
    later = await turn.call(
        backend.slots, draft.visit_type, _around(draft.windows), location=draft.location, limit=SEARCHED
    )
    pool = {slot.slot_id: slot for slot in [*everything.slots, *later.slots] if slot.slot_id not in draft.seen}
    near = nearest(list(pool.values()), draft.windows, turn.clinic.timezone)
    return Offer(near, near=True, more=len(pool) > len(near) or bool(everything.cursor), why_none=found.why_none)


def spread(slots: Sequence[Slot], soonest: bool = False, count: int = SHOWN) -> list[Slot]:
    """A few slots that differ: over days when there are several, over the day when there is one; the first is the earliest."""
    if len(slots) <= count:
        return list(slots)
    if soonest:
        return _apart(slots, timedelta(hours=1), count)
    days: dict[object, list[Slot]] = {}
    for slot in slots:
        days.setdefault(slot.day, []).append(slot)
    if len(days) >= count:
        chosen = [group[0] for group in list(days.values())[:count]]
    elif len(days) == 1:
        last = len(slots) - 1
        chosen = [slots[round(place * last / (count - 1))] for place in range(count)]
    else:
        first, second = list(days.values())[:2]
        chosen = [first[0], first[-1], second[0]] if len(first) > 1 else [first[0], second[0], second[-1]]
    unique = list({slot.slot_id: slot for slot in chosen}.values())
    for slot in slots:
        if len(unique) >= count:
            break
        if slot not in unique:
            unique.append(slot)
    return sorted(unique, key=lambda slot: slot.begins)


def _apart(slots: Sequence[Slot], gap: timedelta, count: int) -> list[Slot]:
    """The earliest slots that lie at least `gap` apart, filled up with the earliest others."""
    chosen: list[Slot] = []
    for slot in slots:
        if not chosen or slot.begins - chosen[-1].begins >= gap:
            chosen.append(slot)
        if len(chosen) == count:
            break
    return chosen


def nearest(slots: Sequence[Slot], windows: Sequence[Window], zone: str, count: int = SHOWN) -> list[Slot]:
    """The slots closest to any of the windows, in order of time."""

    def distance(slot: Slot) -> float:
        return min((_distance(slot.begins, window, zone) for window in windows), default=0.0)

    return sorted(sorted(slots, key=distance)[:count], key=lambda slot: slot.begins)


def _distance(begins: datetime, window: Window, zone: str) -> float:
    """Seconds between a start and a window; for a time on any day the distance to that time of day, then days ahead."""
    start, end = window
    if start.startswith("T"):
        minute = begins.hour * 60 + begins.minute
        low, high = _minutes(start), _minutes(end)
        off = max(low - minute, minute - high + 1, 0)
        return off * 60 + begins.timestamp() / 1e9
    low_at = _local(start, zone)
    high_at = _local(end, zone)
    return max((low_at - begins).total_seconds(), (begins - high_at).total_seconds(), 0.0)


def within(slot: Slot, windows: Sequence[Window]) -> bool:
    """Whether a slot starts in one of the windows, in its own location's time."""
    local = slot.begins.replace(tzinfo=None)
    minute = local.hour * 60 + local.minute
    for start, end in windows:
        if start.startswith("T"):
            if _minutes(start) <= minute < _minutes(end):
                return True
        elif _naive(start) <= local < _naive(end):
            return True
    return False


def merge(old: Sequence[Window], new: Sequence[Window]) -> list[Window]:
    """What is wanted after a patient says more: a time of day narrows the days already named, a new day replaces them."""
    days = [window for window in old if not window[0].startswith("T")]
    if new and all(start.startswith("T") for start, _ in new) and days:
        merged: list[Window] = []
        for day in sorted({day for start, end in days for day in _days(start, end)}):
            merged += [(f"{day}{start}", _end(day, end)) for start, end in new]
        return merged[:40]
    return list(new)


def two_days(readings: Sequence[Sequence[Window]]) -> tuple[date, date] | None:
    """The two days that the readings of one message mean; None when they do not differ by their first day."""
    if len(readings) < 2:
        return None
    days = [_naive(reading[0][0]).date() for reading in readings[:2] if not reading[0][0].startswith("T")]
    return (days[0], days[1]) if len(days) == 2 and days[0] != days[1] else None


def keep_time(old: Sequence[Window], new: Sequence[Window]) -> list[Window] | None:
    """New whole days with the part of the day that was wanted before; None when there is nothing to keep."""
    parts = {(start[-5:], end[-5:]) for start, end in old}
    whole = all(start.endswith("T00:00") and end.endswith("T00:00") for start, end in new)
    if not new or not whole or len(parts) != 1:
        return None
    (start, end) = parts.pop()
    if (start, end) in (("00:00", "00:00"), WHOLE_DAY) or start >= end:
        return None
    return [(f"{day}T{start}", f"{day}T{end}") for low, high in new for day in _days(low, high)][:40]


def _days(start: str, end: str) -> list[str]:
    first, last = _naive(start), _naive(end) - timedelta(minutes=1)
    count = min((last.date() - first.date()).days, 13)
    return [(first.date() + timedelta(days=ahead)).isoformat() for ahead in range(count + 1)]


def _end(day: str, end: str) -> str:
    if end == "T24:00":
        return (datetime.fromisoformat(day) + timedelta(days=1)).isoformat(timespec="minutes")
    return day + end


def _around(windows: Sequence[Window]) -> list[Window]:
    """The named days and the three days on each side of them, as one window each; nothing for a time on any day."""
    wide: list[Window] = []
    for start, end in windows:
        if not start.startswith("T"):
            low = (_naive(start) - timedelta(days=3)).replace(hour=0, minute=0)
            high = (_naive(end) + timedelta(days=3)).replace(hour=23, minute=55)
            wide.append((low.isoformat(timespec="minutes"), high.isoformat(timespec="minutes")))
    return wide[:40]


def _minutes(text: str) -> int:
    return int(text[1:3]) * 60 + int(text[4:6])


def _naive(text: str) -> datetime:
    if text.endswith("T24:00"):
        return datetime.fromisoformat(text[:10]) + timedelta(days=1)
    return datetime.fromisoformat(text)


def _local(text: str, zone: str) -> datetime:
    return _naive(text).replace(tzinfo=ZoneInfo(zone))
