"""Two of everything on one PostgreSQL behind one nginx: no sticky sessions, no shared lock store, and nothing doubled."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from tests.house.booker import Booker, weekdays
from tests.house.pair import Pair

pytestmark = [pytest.mark.stack, pytest.mark.postgres, pytest.mark.timeout(900)]


def test_patients_book_through_any_gateway_and_a_killed_one_takes_nothing_with_it(pair: Pair) -> None:
    choose, before = random.Random(7), pair.booked()
    patients = [Booker(pair.front, number, day) for number, day in list(enumerate(weekdays(72)))[60:]]

    async def talk() -> None:
        talks = [asyncio.create_task(patient.book()) for patient in patients]
        await asyncio.sleep(choose.uniform(1, 2))
        pair.stacks[0].kill("gateway")
        pair.stacks[0].kill("rasa")
        await asyncio.sleep(1)
        for name in ("rasa", "gateway"):
            await asyncio.to_thread(pair.stacks[0].start, name)
        await asyncio.gather(*talks)

    asyncio.run(talk())
    confirmed = Counter(
        event["outcome"]["start"] for patient in patients for event in patient.events if "outcome" in event
    )
    assert pair.booked() - before == confirmed
    assert sum(confirmed.values()) == len(patients)
