"""Promise 2 on a full disk: what cannot be stored is refused with a sentence, nothing accepted is lost, and space brings it all back.

The whole $VAR_DIR is a small disk of the house's own (conftest.py), so that databases, their logs and everything else run into its end.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import httpx
import pytest

from tests.house.booker import Booker, weekdays
from tests.house.house import House, can_mount
from tests.house.test_chaos import judge

pytestmark = [
    pytest.mark.stack,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not can_mount(), reason="mounting a small disk is not allowed here (user namespaces are off)"),
]
FULL_SECONDS = 5.5
NOTICED_SECONDS = 120.0


def fill(house: House) -> Path:
    """Take the last free byte of the disk, and what others give back meanwhile; returns the file to delete.

    The gateway's log is emptied first: thousands of small writes would still fit into what it has of the disk.
    """
    house.query("gateway", "PRAGMA wal_checkpoint(TRUNCATE)")
    ballast = house.var / "ballast"
    with ballast.open("wb", buffering=0) as file:
        while os.statvfs(house.var).f_bavail:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while file.write(b"x" * size) == size:
                        pass
                except OSError:
                    continue
    return ballast


def test_patients_book_through_a_disk_that_is_full_for_a_while_and_nothing_is_lost_or_doubled(house: House) -> None:
    before = house.booked()
    patients = [Booker(house.gateway, number, day) for number, day in list(enumerate(weekdays(38)))[30:]]
    refused: list[httpx.Response] = []

    async def refusal(http: httpx.AsyncClient) -> httpx.Response:
        """Newcomers knock until there is no room left in what the database had already taken of the disk."""
        for _ in range(2000):
            answer = await http.post(f"{house.gateway}/chat/session", json={})
            if answer.status_code != 201:
                return answer
        raise AssertionError("a full disk refuses nothing")

    async def not_ready(http: httpx.AsyncClient) -> list[str]:
        """What is not ready, once it is said: asked for every five seconds at most, and a refusal counts for five."""
        deadline = time.monotonic() + NOTICED_SECONDS
        while True:
            refused.append(await refusal(http))
            answer = await http.get(house.health("gateway"))
            if answer.status_code == 503:
                return list(answer.json()["not_ready"])
            assert time.monotonic() < deadline, "a full disk does not count against readiness"
            await asyncio.sleep(0.2)

    async def talk() -> None:
        talks = [asyncio.create_task(patient.book()) for patient in patients]
        async with httpx.AsyncClient(timeout=60) as http:
            for _ in range(2):
                await asyncio.sleep(1.5)
                ballast = await asyncio.to_thread(fill, house)
                refused.append(await refusal(http))
                await asyncio.sleep(FULL_SECONDS)
                assert "database" in await not_ready(http)
                ballast.unlink()
        await asyncio.gather(*talks)

    asyncio.run(talk())
    figures = judge(patients, before, house.booked())
    assert figures["booked"] == len(patients)
    for answer in [*refused, *(answer for patient in patients for answer in patient.refused)]:
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert "call 612-555-0100" in answer.json()["detail"]
        assert "988" in answer.json()["detail"]
    begun = time.monotonic()
    while httpx.get(house.health("gateway"), timeout=60).status_code != 200:
        assert time.monotonic() - begun < NOTICED_SECONDS, "the house is ready again"
        time.sleep(0.5)
    last = Booker(house.gateway, 50, weekdays(20)[-1])
    asyncio.run(last.book())
    assert any("outcome" in event for event in last.events)
