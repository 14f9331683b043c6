"""Booking turns, reported apart from questions: what a patient waits when the scheduling service is asked."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.bench.measure import Load
from tests.bench.ours import OurTalk

ASK = "can I come in for a consultation on {}?"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Friday")


async def booking_turns(open_talk: Callable[[], Awaitable[OurTalk]], talks: int = 12) -> dict[str, Any]:
    """Ask for slots, pick the first; the seconds of those turns, one client."""
    load = Load()
    for number in range(talks):
        talk = await open_talk()
        try:
            from_ = time.perf_counter()
            await talk.say(ASK.format(WEEKDAYS[number % len(WEEKDAYS)]))
            load.seconds.append(time.perf_counter() - from_)
            offered = talk.last.get("choices")
            slots = [choice for choice in offered if choice["kind"] == "slot"] if isinstance(offered, list) else []
            if slots:
                from_ = time.perf_counter()
                await talk.pick(slots[0]["id"])
                load.seconds.append(time.perf_counter() - from_)
        finally:
            await talk.close()
    load.wall = sum(load.seconds)
    return load.summary()
