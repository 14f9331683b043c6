"""Free starts: the clinic's rules minus what is busy, soonest first."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from clinic.config import VisitType

from scheduling import cell, sentences
from scheduling.booking import Busy
from scheduling.rota import Rota, Stretch, days
from scheduling.slot import Slot
from scheduling.storage import Book
from scheduling.window import Wish

CHUNKS = (8, 400)
"""Days looked at in one go: the first few first, because the soonest times are what is mostly asked for; then all the rest."""

Closures = set[tuple[date, str | None]]


@dataclass(frozen=True)
class Query:
    """What is looked for. `after`: only slots after this (cell, place in the list of locations); `own`: cells to be ignored."""

    service: VisitType
    locations: Sequence[str]
    wish: Wish
    limit: int
    after: tuple[int, int] | None = None


@dataclass(frozen=True)
class Range:
    """The cells between which visits may be booked now: [soonest, horizon)."""

    now: int
    soonest: int
    horizon: int


def bookable(rota: Rota, now: int) -> Range:
    """From the minimum notice to the end of the last day of the horizon; `now` in seconds."""
    rules = rota.clinic.booking
    present = -(-now // cell.SECONDS)
    soonest = -(-(now + rules.notice_minutes * 60) // cell.SECONDS)
    return Range(present, soonest, present + rules.horizon_days * 288)


def search(rota: Rota, book: Book, query: Query, now: int) -> list[Slot]:
    """Free starts that fit the wish, soonest first, at most `limit`."""
    range_ = bookable(rota, now)
    found: list[Slot] = []
    for first, last in _chunks(rota, query, range_):
        found += _between(rota, book, query, range_, first, last, now)
        if len(found) >= query.limit:
            break
    return found[: query.limit]


def why_none(rota: Rota, book: Book, query: Query, now: int) -> str:
    """Why a wish found nothing: `past`, `too_soon`, `beyond_horizon`, `closed` or `full`."""
    range_ = bookable(rota, now)
    reasons = []
    for location in query.locations:
        zone = rota.zone(location)
        extent = query.wish.extent(zone)
        if extent is None:
            return "full"
        today = rota.today(location, range_.now)
        last_day = rota.today(location, range_.horizon)
        if extent[1] < today:
            reasons.append("past")
        elif extent[0] > last_day:
            reasons.append("beyond_horizon")
        else:
            inside = max(extent[0], today), min(extent[1], last_day)
            reasons.append(_why_at(rota, query, range_, location, inside, book.closures.on(*inside)))
    return max(reasons, key=("past", "beyond_horizon", "closed", "too_soon", "full").index)


def free_starts(stretch: Stretch, service: VisitType, busy: Busy) -> int:
    """The mask of starts at which every kind of resource that the visit needs has one free."""
    starts = stretch.starts
    whole = _cells(service)
    everything = (1 << (stretch.size + whole)) - 1
    for masks in stretch.fits.values():
        if not starts:
            break
        free = 0
        for resource, fits in masks.items():
            taken = busy.of(resource, stretch.base)
            free |= fits & cell.runs(everything & ~taken, whole) if taken else fits
        starts &= free
    return starts


def pick(rota: Rota, service: VisitType, slot: Slot, busy: Busy, prefer: Sequence[str] = ()) -> tuple[str, ...] | None:
    """One free resource of each kind for a slot (those in `prefer` first, for continuity), or None."""
    this = rota.day(slot.location, slot.local.date())
    at = slot.start - this.base
    visit = cell.span_mask(at, at + service.minutes // cell.MINUTES)
    whole = cell.span_mask(at, at + _cells(service))
    chosen = []
    for kind in service.needs:
        for resource in sorted(rota.kinds[kind], key=lambda name: name not in prefer):
            if not visit & ~this.works.get(resource, 0) and not whole & busy.of(resource, this.base):
                chosen.append(resource)
                break
        else:
            return None
    return tuple(sorted(chosen))


def cursor(rota: Rota, last: Slot) -> str:
    """Where the next page begins, opaque to callers."""
    return base64.urlsafe_b64encode(f"{last.start}~{list(rota.places).index(last.location)}".encode()).decode()


def parse_cursor(text: str) -> tuple[int, int]:
    """Raises `invalid_cursor`."""
    try:
        match = re.fullmatch(r"(\d{1,9})~(\d{1,3})", base64.urlsafe_b64decode(text.encode("ascii")).decode("ascii"))
    except (binascii.Error, ValueError) as error:
        raise sentences.invalid_cursor() from error
    if not match:
        raise sentences.invalid_cursor()
    return int(match[1]), int(match[2])


def _why_at(
    rota: Rota, query: Query, range_: Range, location: str, extent: tuple[date, date], closures: Closures
) -> str:
    zone = rota.zone(location)
    best = "closed"
    for day in days(*extent):
        if (day, None) in closures or (day, location) in closures:
            continue
        this = rota.day(location, day)
        wish = query.wish.mask([this], zone)
        # A time between two starts is not one at which we are closed.
        wanted = rota.starts(location, query.service, day) & wish or this.open & wish
        if wanted & ~cell.span_mask(0, range_.soonest - this.base):
            return "full"
        if wanted:
            best = "past" if not wanted & ~cell.span_mask(0, range_.now - this.base) else "too_soon"
    return best


def _chunks(rota: Rota, query: Query, range_: Range) -> Iterator[tuple[int, int]]:
    """Pieces [first, end) of the time that can match, in order: cells, because a date is not the same time everywhere."""
    firsts, ends = [], []
    begin = max(range_.soonest, query.after[0] if query.after else 0)
    for location in query.locations:
        zone = rota.zone(location)
        first, last = rota.today(location, begin), rota.today(location, range_.horizon)
        if extent := query.wish.extent(zone):
            first, last = max(first, extent[0]), min(last, extent[1])
        if first <= last:
            firsts.append(cell.of_wall(zone, first, 0))
            ends.append(cell.of_wall(zone, last, 1440))
    at, end, step = min(firsts, default=0), max(ends, default=0), CHUNKS[0]
    while at < end:
        yield at, min(at + step * 288, end)
        at += step * 288
        step = CHUNKS[1]


def _between(rota: Rota, book: Book, query: Query, range_: Range, first: int, end: int, now: int) -> list[Slot]:
    busy = book.bookings.busy(first, end + _cells(query.service), now)
    dates = {place: (rota.today(place, first), rota.today(place, end - 1)) for place in query.locations}
    closures = book.closures.on(min(day for day, _ in dates.values()), max(day for _, day in dates.values()))
    order = list(rota.places)
    found: list[tuple[int, int]] = []
    for location in query.locations:
        rank, begin = order.index(location), max(range_.soonest, first)
        if query.after:
            begin = max(begin, query.after[0] + (rank <= query.after[1]))
        stretch = rota.stretch(location, query.service, *dates[location])
        wanted = query.wish.mask(stretch.days, rota.zone(location))
        wanted &= cell.span_mask(begin - stretch.base, min(range_.horizon, end) - stretch.base)
        for day, where in closures:
            if where in (None, location):
                this = rota.day(location, day)
                wanted &= ~cell.span_mask(this.base - stretch.base, this.base - stretch.base + this.size)
        starts = wanted and wanted & free_starts(stretch, query.service, busy)
        base = stretch.base
        found += [(base + bit, rank) for bit in islice(cell.bits(starts), query.limit)]
    found.sort()
    kind = query.service
    zones = [place.timezone for place in rota.places.values()]
    return [Slot(kind.id, order[rank], start, kind.minutes, zones[rank]) for start, rank in found[: query.limit]]


def _cells(service: VisitType) -> int:
    """Cells that a visit takes with its buffer."""
    return (service.minutes + service.buffer_minutes) // cell.MINUTES
