"""Promise 2 on a full disk: what cannot be stored is refused with a sentence, nothing accepted is lost, and space brings it all back.

The whole $VAR_DIR is a small disk of the house's own, so that databases, their logs and everything else run into its end.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.house.house import House, can_mount
from tests.house.test_chaos import LIMITS, Booker, judge, weekdays

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(not can_mount(), reason="mounting a small disk is not allowed here (user namespaces are off)"),
]
DISK_MB = 200
FULL_SECONDS = 5.5


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    (tmp_path / "var").mkdir()
    house = House(tmp_path / "var", disk_mb=DISK_MB, **LIMITS).start()
    yield house
    house.stop()


def fill(folder: Path) -> Path:
    """Take the last free byte of the disk; returns the file to delete."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    assert os.statvfs(folder).f_bavail == 0
    return ballast


def test_patients_book_through_a_disk_that_is_full_for_a_while_and_nothing_is_lost_or_doubled(house: House) -> None:
    patients = [Booker(house.gateway, number, day) for number, day in enumerate(weekdays(8))]
    refused: list[httpx.Response] = []

    async def refusal(http: httpx.AsyncClient) -> httpx.Response:
        """Newcomers knock until there is no room left in what the database had already taken of the disk."""
        for _ in range(200):
            answer = await http.post(f"{house.gateway}/chat/session", json={})
            if answer.status_code != 201:
                return answer
        raise AssertionError("a full disk refuses nothing")

    async def talk() -> None:
        talks = [asyncio.create_task(patient.book()) for patient in patients]
        async with httpx.AsyncClient(timeout=10) as http:
            for _ in range(2):
                await asyncio.sleep(1.5)
                ballast = await asyncio.to_thread(fill, house.var)
                refused.append(await refusal(http))
                # Asked at most every half second while something is not ready, every five seconds before.
                await asyncio.sleep(FULL_SECONDS)
                refused.append(await refusal(http))
                readiness = await http.get(house.health("gateway"))
                ballast.unlink()
                assert readiness.status_code == 503
                assert "database" in readiness.json()["not_ready"]
        await asyncio.gather(*talks)

    asyncio.run(talk())
    figures = judge(house, patients)
    assert figures["booked"] == len(patients)
    for answer in [*refused, *(answer for patient in patients for answer in patient.refused)]:
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert "call 612-555-0100" in answer.json()["detail"]
        assert "988" in answer.json()["detail"]
    begun = time.monotonic()
    while httpx.get(house.health("gateway"), timeout=10).status_code != 200:
        assert time.monotonic() - begun < 20, "the house is ready again"
        time.sleep(0.5)
    begun = time.monotonic()
    last = Booker(house.gateway, 50, weekdays(20)[-1])
    asyncio.run(last.book())
    assert time.monotonic() - begun < 20
