"""Promise 2 when nobody is killed, but something below breaks: the database restarts, the action server hangs, the clock jumps."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.house.booker import APOLOGY, Booker, weekdays
from tests.house.pair import Pair

pytestmark = [pytest.mark.stack, pytest.mark.postgres, pytest.mark.timeout(900)]


def book_while(pair: Pair, first: int, fault: Callable[[], None], pauses: tuple[float, ...]) -> None:
    """Six patients book; the fault strikes after each pause. Every message has its answer, every booking was told, once."""
    before = pair.booked()
    patients = [Booker(pair.front, number, weekdays(number + 1)[-1]) for number in range(first, first + 6)]

    async def talk() -> None:
        talks = [asyncio.create_task(patient.book()) for patient in patients]
        for pause in pauses:
            await asyncio.sleep(pause)
            await asyncio.to_thread(fault)
        await asyncio.gather(*talks)

    asyncio.run(talk())
    for patient in patients:
        for mine in patient.sent:
            told = [event for event in patient.events if event.get("in_reply_to") == mine and event["type"] == "bot"]
            assert told, "no message is met with silence"
            texts = [event["text"] for event in told if APOLOGY not in event["text"]]
            assert len(set(texts)) == len(texts), "nothing is said twice"
    confirmed = Counter(
        event["outcome"]["start"] for patient in patients for event in patient.events if "outcome" in event
    )
    assert pair.booked() - before == confirmed
    assert sum(confirmed.values()) == len(patients)


def test_patients_book_while_postgresql_crashes_and_comes_back(pair: Pair) -> None:
    book_while(pair, 0, pair.postgres.restart, (1.0, 2.0, 2.0))


@pytest.mark.soak
def test_patients_book_while_the_action_servers_hang(pair: Pair) -> None:
    def hang() -> None:
        for stack in pair.stacks:
            stack.pause("actions")
        time.sleep(4)
        for stack in pair.stacks:
            stack.resume("actions")

    book_while(pair, 10, hang, (1.0, 2.0))


@pytest.mark.soak
def test_patients_book_while_the_clock_jumps_over_every_hold(pair: Pair) -> None:
    """Twice a quarter of an hour ahead in the middle of the talks: holds run out and are taken again."""
    times = iter(["2026-11-25T09:14", "2026-11-25T09:28"])

    def jump() -> None:
        time = next(times)
        for stack in pair.stacks:
            stack.set_clock(time)

    book_while(pair, 20, jump, (1.5, 2.0))
