"""Promise 2 when nobody is killed, but something below breaks: the database restarts, the action server hangs, the clock jumps."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.house.booker import APOLOGY, LIMITS, Booker, weekdays
from tests.postgres import Server
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.postgres, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Stack]]:
    with Server() as postgres:
        urls = {f"{name}_DATABASE_URL": postgres.new_database() for name in ("SCHEDULING", "GATEWAY", "TRACKER")}
        with Stack(tmp_path_factory.mktemp("faults") / "var", **urls, **LIMITS) as stack:
            yield postgres, stack


def book_while(stack: Stack, first: int, fault: Callable[[], None], pauses: tuple[float, ...]) -> None:
    """Six patients book; the fault strikes after each pause. Every message has its answer, every booking was told, once."""
    before = Counter(row["start"] for row in stack.appointments())
    patients = [Booker(stack.gateway, number, weekdays(number + 1)[-1]) for number in range(first, first + 6)]

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
    assert Counter(row["start"] for row in stack.appointments()) - before == confirmed
    assert sum(confirmed.values()) == len(patients)


def test_patients_book_while_postgresql_crashes_and_comes_back(house: tuple[Server, Stack]) -> None:
    postgres, stack = house
    book_while(stack, 0, postgres.restart, (1.0, 2.0, 2.0))


@pytest.mark.soak
def test_patients_book_while_the_action_server_hangs(house: tuple[Server, Stack]) -> None:
    _, stack = house

    def hang() -> None:
        stack.pause("actions")
        time.sleep(4)
        stack.resume("actions")

    book_while(stack, 10, hang, (1.0, 2.0))


@pytest.mark.soak
def test_patients_book_while_the_clock_jumps_over_every_hold(house: tuple[Server, Stack]) -> None:
    """Twice a quarter of an hour ahead in the middle of the talks: holds run out and are taken again."""
    _, stack = house
    times = iter(["2026-11-25T09:14", "2026-11-25T09:28"])
    book_while(stack, 20, lambda: stack.set_clock(next(times)), (1.5, 2.0))
