"""Five-minute cells: the atoms of time that resources are claimed in. Cell n begins n x 5 minutes after 1970-01-01 UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTES = 5
SECONDS = MINUTES * 60


def at(moment: datetime) -> int:
    """The cell that begins at or after an aware moment."""
    return -int(-moment.timestamp() // SECONDS)


def moment(cell: int, zone: ZoneInfo | timezone = timezone.utc) -> datetime:
    """When a cell begins, aware, in `zone`."""
    return datetime.fromtimestamp(cell * SECONDS, zone)


@lru_cache(maxsize=16384)
def of_wall(zone: ZoneInfo, day: date, minute: int) -> int:
    """The cell of a local wall time, `minute` minutes (0 to 1440) after local midnight as the wall shows it.

    In a gap (spring) the time after the gap, in a fold (autumn) the first of the two.
    """
    return at(_wall(zone, day, minute).astimezone(timezone.utc))


def exists(zone: ZoneInfo, day: date, minute: int) -> bool:
    """False for a wall time that a clock change skips (found by the round trip through UTC)."""
    wall = _wall(zone, day, minute)
    return wall.astimezone(timezone.utc).astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None)


def span_mask(first: int, end: int) -> int:
    """Bits `first` … `end` - 1 set; nothing when the span is empty or before bit 0."""
    first = max(first, 0)
    return ((1 << (end - first)) - 1) << first if end > first else 0


def runs(mask: int, length: int) -> int:
    """Bits at which `length` set bits in a row begin."""
    have = 1
    while have < length and mask:
        step = min(have, length - have)
        mask &= mask >> step
        have += step
    return mask


def bits(mask: int) -> Iterator[int]:
    """Positions of the set bits, lowest first; in one pass over the mask, however long it is."""
    digits = f"{mask:b}"[::-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


def _wall(zone: ZoneInfo, day: date, minute: int) -> datetime:
    shifted = date.fromordinal(day.toordinal() + minute // 1440)
    hour, rest = divmod(minute % 1440, 60)
    return datetime(shifted.year, shifted.month, shifted.day, hour, rest, tzinfo=zone)
