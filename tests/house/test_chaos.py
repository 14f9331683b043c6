"""Promise 2 under fire: processes are killed while patients book; every message is answered, every confirmed booking exists once."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter

import pytest

from tests.house.booker import APOLOGY, LIMITS, Booker, weekdays
from tests.house.house import House

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

VICTIMS = ("rasa", "actions", "scheduling", "gateway")


async def storm(house: House, patients: list[Booker], kills: int, pause: float, choose: random.Random) -> list[float]:
    """Let them all book while processes die in turn; returns the seconds each recovery took."""
    talks = [asyncio.create_task(patient.book()) for patient in patients]
    recoveries = []
    for turn in range(kills):
        await asyncio.sleep(pause * choose.uniform(0.5, 1.5))
        victim = VICTIMS[turn % len(VICTIMS)]
        from_, old = time.monotonic(), house.pid(victim)
        house.kill(victim, signal.SIGKILL)
        await house.back_again(victim, old)
        recoveries.append(time.monotonic() - from_)
    await asyncio.gather(*talks)
    return recoveries


def judge(patients: list[Booker], before: list[dict[str, str]], after: list[dict[str, str]]) -> dict[str, int]:
    """Every message answered once, every confirmed booking exists once, nothing else was booked in between."""
    confirmed = []
    for patient in patients:
        assert [event["seq"] for event in patient.events] == list(range(1, len(patient.events) + 1))
        for mine in patient.sent:
            told = [event for event in patient.events if event.get("in_reply_to") == mine and event["type"] != "user"]
            ends = sum(event["type"] == "status" and event.get("state") == "idle" for event in told)
            apologies = sum(event["type"] == "bot" and APOLOGY in event["text"] for event in told)
            answers = [event["text"] for event in told if event["type"] == "bot" and APOLOGY not in event["text"]]
            assert answers or apologies, "no message is met with silence"
            assert ends == apologies + bool(answers), f"each answer has one end: {told}"
            assert len(set(answers)) == len(answers), f"nothing is said twice: {answers}"
        confirmed += [event["outcome"]["start"][:16] for event in patient.events if "outcome" in event]
    booked = [[row["start"] for row in rows if row["status"] in ("booked", "confirmed")] for rows in (before, after)]
    assert Counter(booked[1]) - Counter(booked[0]) == Counter(confirmed), "what was confirmed is exactly what is booked"
    assert not Counter(booked[0]) - Counter(booked[1]), "and nothing that was booked before is gone"
    assert len(set(booked[1])) == len(booked[1]), "one physician, one visit at a time"
    return {
        "patients": len(patients),
        "booked": len(confirmed),
        "messages": sum(len(patient.sent) for patient in patients),
    }


def run(
    house: House, patients: int, kills: int, pause: float, seed: int = 20261125
) -> tuple[dict[str, int], list[float]]:
    before = house.booked()
    bookers = [Booker(house.gateway, number, day) for number, day in enumerate(weekdays(patients))]
    recoveries = asyncio.run(storm(house, bookers, kills, pause, random.Random(seed)))
    return judge(bookers, before, house.booked()), recoveries


def test_each_process_is_killed_while_patients_book_and_nothing_is_lost_or_doubled(house: House) -> None:
    figures, recoveries = run(house, patients=16, kills=4, pause=1.5)
    print(figures, [round(seconds, 1) for seconds in recoveries])
    assert figures["booked"] >= 12


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_three_hundred_patients_book_while_processes_die_in_turn(tmp_path):
    house = House(tmp_path / "var", **LIMITS).start()
    try:
        figures, recoveries = run(house, patients=300, kills=12, pause=4.0)
    finally:
        house.stop()
    print(figures, [round(seconds, 1) for seconds in recoveries])
    assert figures["booked"] >= 280
    assert max(recoveries) <= 20
