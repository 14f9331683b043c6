"""What must be true of the tables at every moment, checked after every test that has an office."""

from __future__ import annotations

import itertools
from collections import Counter

from sqlalchemy import Engine, select

from clinic import clock
from scheduling.booking import LIVE
from scheduling.retention import CLAIMED_DAYS
from scheduling.sql.bookings import _booking
from scheduling.sql.tables import booking, claim


def check(engine: Engine) -> None:
    """No cell has two claims; every live booking has exactly its cells, and nothing else has any. Pruned ones have none."""
    with engine.connect() as connection:
        claims = [tuple(row) for row in connection.execute(select(claim.c.resource, claim.c.cell, claim.c.booking_id))]
        bookings = [_booking(row) for row in connection.execute(select(booking))]
    doubled = [cell for cell, times in Counter(row[:2] for row in claims).items() if times > 1]
    assert not doubled, f"claimed twice: {doubled[:5]}"
    owners, pruned = {row[2] for row in claims}, clock.timestamp() // 300 - CLAIMED_DAYS * 288
    should = {
        (resource, cell, one.id)
        for one in bookings
        if one.status in LIVE and (one.end >= pruned or one.id in owners)
        for resource, cell in one.claims()
    }
    assert set(claims) == should, (
        f"missing {sorted(should - set(claims))[:3]}, too many {sorted(set(claims) - should)[:3]}"
    )
    spans: dict[str, list[tuple[int, int]]] = {}
    for one in bookings:
        if one.status in LIVE:
            for resource in one.resources:
                spans.setdefault(resource, []).append((one.start, one.end))
    for resource, taken in spans.items():
        taken.sort()
        for (_, end), (start, _) in itertools.pairwise(taken):
            assert end <= start, f"{resource} is in two visits at once"
