"""Loads: many streams, many texts. The long ones are `make soak`; each has a short brother that runs every time."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import random
import secrets
import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any
from urllib.parse import urlencode

import httpx
import psutil
import pytest

from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.fake_twilio import FakeTwilio
from tests.gateway.front_door import FrontDoor
from tests.gateway.texter import PUBLIC, SETTINGS, payload, sign

NO_LIMITS = {"GATEWAY_STREAMS_PER_ADDRESS": "100000"}


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as fake:
        yield fake


async def _follow(client: httpx.AsyncClient, token: str, events: list[int], count: int) -> None:
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    async with client.stream("GET", "/chat/events", headers=headers) as response:
        async for line in response.aiter_lines():
            if line.startswith("id: "):
                events.append(int(line[4:]))
                if len(events) >= count:
                    return


async def _streams(url: str, count: int, pid: int) -> dict[str, Any]:
    """Open `count` chats with a stream each, say one thing in each; what memory that took and what was lost."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as client:
        tokens = [(await client.post("/chat/session")).json()["token"] for _ in range(count)]
        heard: list[list[int]] = [[] for _ in tokens]
        readers = [
            asyncio.create_task(_follow(client, token, got, 4)) for token, got in zip(tokens, heard, strict=True)
        ]
        await asyncio.sleep(2)
        open_rss = psutil.Process(pid).memory_info().rss / 1e6
        gate = asyncio.Semaphore(8)

        async def speak(token: str) -> None:
            async with gate:
                body = {"client_msg_id": secrets.token_hex(8), "text": "hello"}
                answer = await client.post("/chat/messages", json=body, headers={"Authorization": f"Bearer {token}"})
                assert answer.status_code == 202

        begun = time.monotonic()
        await asyncio.gather(*map(speak, tokens))
        await asyncio.wait_for(asyncio.gather(*readers), 120)
        return {
            "streams": count,
            "rss_mb": round(open_rss, 1),
            "rss_after_mb": round(psutil.Process(pid).memory_info().rss / 1e6, 1),
            "lost": sum(got != [1, 2, 3, 4] for got in heard),
            "messages_per_s": round(count / (time.monotonic() - begun), 1),
        }


@pytest.mark.soak
def test_five_hundred_streams_in_150_megabytes_without_a_lost_event(open_door: Any, rasa: FakeRasa) -> None:
    door = open_door(**NO_LIMITS)
    figures = asyncio.run(_streams(door.url, 500, door.process.pid))
    print(json.dumps(figures))
    assert figures["lost"] == 0
    assert figures["rss_after_mb"] <= 150


def _from_outside(url: str, count: int, duplicates: float, per_second: float) -> list[float]:
    """`_texts` in a process of its own: the fakes of this one would hold the interpreter while an answer waits to be read."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_run_texts, url, count, duplicates, per_second).result()


def _run_texts(url: str, count: int, duplicates: float, per_second: float) -> list[float]:
    return asyncio.run(_texts(url, count, duplicates, per_second))


async def _texts(url: str, count: int, duplicates: float, per_second: float) -> list[float]:
    """Post `count` different texts from as many numbers at a steady pace, some of them twice; the answers' times in ms."""
    phone, seed = _Phone(url), random.Random(7)
    tasks, begun = [], time.monotonic()
    for number in range(count):
        fields = payload(f"question {number}", f"+1612556{number:04}")
        for _ in range(2 if seed.random() < duplicates else 1):
            tasks.append(asyncio.create_task(phone.post(fields)))
        await asyncio.sleep(max(0.0, begun + number / per_second - time.monotonic()))
    await asyncio.gather(*tasks)
    phone.close()
    return phone.times


class _Phone:
    """Posts texts over kept connections, and does next to nothing itself: httpx took longer to send one than the gateway to answer."""

    def __init__(self, url: str) -> None:
        self._host, self._port = url.removeprefix("http://").split(":")
        self._idle: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.times: list[float] = []
        """Milliseconds from the connection's or the request's beginning to the whole answer."""

    async def post(self, fields: dict[str, str]) -> None:
        body = urlencode(fields)
        request = (
            f"POST /sms/inbound HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"X-Twilio-Signature: {sign(f'{PUBLIC}/sms/inbound', fields)}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()
        begun = time.perf_counter()
        while self._idle and self._idle[-1][0] < begun - 10:
            self._idle.pop()[2].close()  # the gateway may be closing it, too
        if self._idle:
            _, reader, writer = self._idle.pop()
        else:
            reader, writer = await asyncio.open_connection(self._host, int(self._port))
        writer.write(request)
        answer = await reader.readuntil(b"\r\n\r\n")
        self.times.append((time.perf_counter() - begun) * 1000)
        assert answer.startswith(b"HTTP/1.1 204 "), answer
        self._idle.append((time.perf_counter(), reader, writer))

    def close(self) -> None:
        for _, _, writer in self._idle:
            writer.close()


def _answered_once(open_door: Any, twilio: FakeTwilio, count: int, per_second: float, seconds: float) -> dict[str, Any]:
    door = open_door(**(SETTINGS | {"TWILIO_API_URL": twilio.url, "SMS_RATE": "5000"}))
    seed = random.Random(11)

    def fail() -> Any:
        if seed.random() >= 0.05:
            return "ok"
        return seed.choice([("error", 429, 20429), "broken", "lost"])

    twilio.failure_rate = fail
    times = _from_outside(door.url, count, 0.05, per_second)
    until = time.monotonic() + seconds
    with sqlite3.connect(door.var / "gateway.db", timeout=30) as connection:

        def left() -> int:
            open_texts = "select count(*) from outbox where state in ('waiting', 'sending')"
            open_turns = "select count(*) from inbox where done_at is null"
            return sum(connection.execute(query).fetchone()[0] for query in (open_texts, open_turns))

        while left() and time.monotonic() < until:
            time.sleep(0.5)
        uncertain = connection.execute("select count(*) from outbox where uncertain").fetchone()[0]
        failed = connection.execute("select count(*) from outbox where state = 'failed'").fetchone()[0]
    bodies = Counter(twilio.bodies())
    return {
        "texts": count,
        "answered": len(bodies),
        "failed_counted": failed,
        "twice": sum(bodies.values()) - len(bodies),
        "uncertain_counted": uncertain,
        "webhook_p50_ms": round(statistics.median(times), 1),
        "webhook_p95_ms": round(statistics.quantiles(times, n=20)[18], 1),
    }


def test_a_hundred_texts_with_duplicates_and_failures_are_answered_once(
    open_door: Any, twilio: FakeTwilio, rasa: FakeRasa
) -> None:
    figures = _answered_once(open_door, twilio, 100, 50, 300)
    print(json.dumps(figures))
    assert figures["answered"] + figures["failed_counted"] >= 100
    assert figures["twice"] <= figures["uncertain_counted"]


@pytest.mark.soak
def test_ten_thousand_texts_are_answered_once_and_the_webhook_stays_quick(
    open_door: Any, twilio: FakeTwilio, rasa: FakeRasa
) -> None:
    figures = _answered_once(open_door, twilio, 10_000, 50, 900)
    print(json.dumps(figures))
    assert figures["answered"] + figures["failed_counted"] >= 10_000
    assert figures["twice"] <= figures["uncertain_counted"]
    assert figures["webhook_p95_ms"] <= 50


def test_fifty_streams_lose_no_event_in_modest_memory(open_door: Any, rasa: FakeRasa) -> None:
    door: FrontDoor = open_door(**NO_LIMITS)
    figures = asyncio.run(_streams(door.url, 50, door.process.pid))
    assert figures["lost"] == 0
    assert figures["rss_after_mb"] <= 150
