"""Free starts: the clinic's rules minus what is busy, soonest first."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clinic.config import VisitType

from scheduling import cell, sentences
from scheduling.booking import Busy
from scheduling.rota import Day, Rota, days
from scheduling.slot import Slot
from scheduling.storage import Book
from scheduling.window import Wish

CHUNKS = (8, 31)
"""Days looked at in one go: the first few first, because the soonest times are what is mostly asked for."""

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


def free_starts(rota: Rota, service: VisitType, location: str, this: Day, busy: Busy) -> int:
    """The mask of starts at which every kind of resource that the visit needs has one free."""
    starts = rota.starts(location, service, this.day)
    visit = service.minutes // cell.MINUTES
    whole = visit + service.buffer_minutes // cell.MINUTES
    everything = (1 << (this.size + whole)) - 1
    for kind in service.needs:
        if not starts:
            break
        free = 0
        for resource in rota.kinds[kind]:
            if works := this.works.get(resource, 0):
                idle = everything & ~busy.of(resource, this.base)
                free |= cell.runs(works, visit) & cell.runs(idle, whole)
        starts &= free
    return starts


def pick(rota: Rota, service: VisitType, slot: Slot, busy: Busy, prefer: Sequence[str] = ()) -> tuple[str, ...] | None:
    """One free resource of each kind for a slot (those in `prefer` first, for continuity), or None."""
    this = rota.day(slot.location, slot.local.date())
    at = slot.start - this.base
    visit = cell.span_mask(at, at + service.minutes // cell.MINUTES)
    whole = cell.span_mask(at, at + (service.minutes + service.buffer_minutes) // cell.MINUTES)
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
        wanted = rota.starts(location, query.service, day) & query.wish.mask(this, zone)
        if wanted & ~cell.span_mask(0, range_.soonest - this.base):
            return "full"
        if wanted:
            best = "past" if not wanted & ~cell.span_mask(0, range_.now - this.base) else "too_soon"
    return best


def _chunks(rota: Rota, query: Query, range_: Range) -> Iterator[tuple[date, date]]:
    """Pieces of the local dates that can match, in order."""
    firsts, lasts = [], []
    begin = max(range_.soonest, query.after[0] if query.after else 0)
    for location in query.locations:
        zone = rota.zone(location)
        first, last = rota.today(location, begin), rota.today(location, range_.horizon)
        if extent := query.wish.extent(zone):
            first, last = max(first, extent[0]), min(last, extent[1])
        firsts.append(first)
        lasts.append(last)
    day, end, step = min(firsts, default=date.max), max(lasts, default=date.min), CHUNKS[0]
    while day <= end:
        yield day, min(day + timedelta(days=step - 1), end)
        day += timedelta(days=step)
        step = CHUNKS[1]


def _between(rota: Rota, book: Book, query: Query, range_: Range, first: date, last: date, now: int) -> list[Slot]:
    spans = [
        (cell.of_wall(rota.zone(place), first, 0), cell.of_wall(rota.zone(place), last, 1440))
        for place in query.locations
    ]
    busy = book.bookings.busy(min(span[0] for span in spans), max(span[1] for span in spans), now)
    closures = book.closures.on(first, last)
    order = list(rota.places)
    found: list[tuple[int, int]] = []
    for location in query.locations:
        zone, rank = rota.zone(location), order.index(location)
        begin = range_.soonest
        if query.after:
            begin = max(begin, query.after[0] + (rank <= query.after[1]))
        for day in days(first, last):
            if (day, None) in closures or (day, location) in closures:
                continue
            this = rota.day(location, day)
            if not this.open:
                continue
            wanted = query.wish.mask(this, zone) & ~cell.span_mask(0, begin - this.base)
            wanted &= cell.span_mask(0, range_.horizon - this.base)
            if wanted:
                starts = wanted & free_starts(rota, query.service, location, this, busy)
                found += [(this.base + bit, rank) for bit in cell.bits(starts)]
    found.sort()
    kind = query.service
    return [
        Slot(kind.id, order[rank], start, kind.minutes, rota.places[order[rank]].timezone)
        for start, rank in found[: query.limit]
    ]
