"""A process that dies in a quiet house is started again at once, without a hand, and what was said meanwhile is answered, once."""

from __future__ import annotations

import asyncio
import signal
import time

import psutil
import pytest

from tests.house.booker import APOLOGY, Booker, weekdays
from tests.house.house import House

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

SECONDS = 20.0
TEXTS = {
    "rasa": "What is TMS?",
    "gateway": "How long does a session take?",
    # Needs the action server, and that needs scheduling:
    "actions": "I want a consultation on December 1",
    "scheduling": "I want a consultation on December 2",
}


async def say_while_it_is_away(house: House, victim: str) -> tuple[Booker, float, float]:
    """Kill one process right before something is said; returns the talk and the seconds until answered and until ready."""
    patient = Booker(house.gateway, 1, weekdays(1)[0])
    async with patient.open():
        begun, old = time.monotonic(), house.pid(victim)
        house.kill(victim, signal.SIGKILL)

        async def answered() -> float:
            await patient.say({"text": TEXTS[victim]})
            await patient.hear(lambda: answers(patient))
            return time.monotonic() - begun

        async def ready() -> float:
            await house.back_again(victim, old)
            return time.monotonic() - begun

        answer, readiness = await asyncio.gather(answered(), ready())
    return patient, answer, readiness


def answers(patient: Booker) -> list[str]:
    return [event["text"] for event in patient.events if event["type"] == "bot" and APOLOGY not in event["text"]]


@pytest.mark.parametrize("victim", TEXTS)
def test_a_killed_process_is_started_at_once_and_the_message_sent_meanwhile_is_answered_once(
    house: House, victim: str
) -> None:
    patient, answered, ready = asyncio.run(say_while_it_is_away(house, victim))
    used = sum(psutil.Process(house.pid(victim)).cpu_times()[:2])
    print(f"{victim}: answered after {answered:.1f} s, ready after {ready:.1f} s and {used:.1f} s of processor time")
    house.wait_for(f"{victim} ended; starting it again in 0 s", 60)
    assert used <= SECONDS, "what a busy machine takes by the clock says nothing: see the long run"
    said = [event["text"] for event in patient.events if event["type"] == "bot"]
    ends = [event for event in patient.events if event["type"] == "status" and event.get("state") == "idle"]
    assert len(said) == len(set(said)), "nothing is said twice"
    assert len(ends) == 1 + sum(APOLOGY in text for text in said), "one answer, behind at most one apology"


@pytest.mark.soak
@pytest.mark.parametrize("victim", TEXTS)
def test_a_killed_process_is_back_within_20_seconds_and_nobody_needs_an_apology(house: House, victim: str) -> None:
    patient, answered, ready = asyncio.run(say_while_it_is_away(house, victim))
    print(f"{victim}: answered after {answered:.1f} s, ready after {ready:.1f} s")
    assert max(answered, ready) <= SECONDS
    assert not any(APOLOGY in event["text"] for event in patient.events if event["type"] == "bot")
