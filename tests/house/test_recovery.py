"""A process that dies in a quiet house is back within 20 seconds without a hand, and what was said meanwhile is answered, once.

Ctrl-C at last ends all of them.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.house.house import House
from tests.house.test_chaos import APOLOGY, Booker, back_again, weekdays

pytestmark = pytest.mark.stack

SECONDS = 20.0
TEXTS = {
    "rasa": "What is TMS?",
    "gateway": "How long does a session take?",
    # Needs the action server, and that needs scheduling:
    "actions": "I want a consultation on December 1",
    "scheduling": "I want a consultation on December 2",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("recovery") / "var").start()
    yield house
    house.stop()


async def say_while_it_is_away(house: House, victim: str) -> tuple[Booker, float, float]:
    """Kill one process right before something is said; returns the talk and the seconds until answered and until ready."""
    patient = Booker(house.gateway, 1, weekdays(1)[0])
    async with patient.open(), httpx.AsyncClient(timeout=10) as http:
        begun, old = time.monotonic(), house.pid(victim)
        house.kill(victim, signal.SIGKILL)

        async def answered() -> float:
            await patient.say({"text": TEXTS[victim]})
            return time.monotonic() - begun

        async def ready() -> float:
            await back_again(house, http, victim, old, SECONDS * 3)
            return time.monotonic() - begun

        answer, readiness = await asyncio.gather(answered(), ready())
    return patient, answer, readiness


@pytest.mark.parametrize("victim", TEXTS)
def test_a_killed_process_is_back_within_20_seconds_and_the_message_sent_meanwhile_is_answered_once(
    house: House, victim: str
) -> None:
    patient, answered, ready = asyncio.run(say_while_it_is_away(house, victim))
    print(f"{victim}: answered after {answered:.1f} s, ready after {ready:.1f} s")
    assert max(answered, ready) <= SECONDS
    house.wait_for(f"{victim} ended; starting it again in 0 s", 10)
    said = [event["text"] for event in patient.events if event["type"] == "bot"]
    ends = [event for event in patient.events if event["type"] == "status" and event.get("state") == "idle"]
    assert said
    assert len(said) == len(set(said))
    assert not any(APOLOGY in text for text in said)
    assert len(ends) == 1


def test_ctrl_c_ends_all_four(house: House) -> None:
    pids = [house.pid(name) for name in TEXTS]
    assert house.stop() < 5
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert not list((house.var / "run").glob("*.pid"))
