"""Patients under fire: each books a visit of their own, through lost connections, refusals and apologies."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx

MANY = "1000000/1"
LIMITS = {
    "GATEWAY_LIMIT_SESSION": MANY,
    "GATEWAY_LIMIT_ADDRESS": MANY,
    "GATEWAY_LIMIT_CLINIC": MANY,
    "GATEWAY_LIMIT_SESSIONS": MANY,
    "GATEWAY_STREAMS_PER_ADDRESS": "1000",
}
AREA_CODES = (612, 651, 763, 952, 218, 320, 507)
TALK_SECONDS = 400.0
"""A guard against waiting for ever."""
APOLOGY = "I can't answer right now"


@dataclass
class Booker:
    """One patient who asks for a consultation on a day of their own and books what is offered. Survives lost connections."""

    gateway: str
    number: int
    day: date
    events: list[dict[str, Any]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    refused: list[httpx.Response] = field(default_factory=list)
    """Answers of the 500s, each of which was followed by another try."""

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """A chat of this patient's own, for `say`."""
        async with httpx.AsyncClient(base_url=self.gateway, timeout=60, verify=False) as http:
            self._http = http
            token = (await self._insist("POST", "/chat/session", json={})).json()["token"]
            http.headers["Authorization"] = f"Bearer {token}"
            yield

    async def book(self) -> None:
        async with self.open():
            await self.say({"text": f"I want a consultation on {self.day:%B} {self.day.day}"})
            answers = {
                "name": f"Patient {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[self.number % 26]}son",
                "date_of_birth": "March 4, 1980",
                "phone": f"{AREA_CODES[self.number // 100 % 7]}-555-01{self.number % 100:02}",
                "yes_no": "yes",
            }
            for _ in range(30):  # an apology is no answer: ask again, as a patient would
                last = next((event for event in reversed(self.events) if event["type"] == "bot"), {})
                if any("outcome" in event for event in self.events):
                    return
                again = [
                    choice for choice in last.get("choices", []) if choice["label"].lower().startswith("try again")
                ]
                slots = [choice for choice in last.get("choices", []) if choice["kind"] == "slot"]
                if again or APOLOGY in last.get("text", ""):
                    await asyncio.sleep(2)  # nobody presses a button ten times a second
                if again:  # the outcome was unknown: the same request again tells it
                    await self.say({"choice_id": again[0]["id"]})
                elif slots and last.get("expects") == "choice":
                    await self.say({"choice_id": slots[0]["id"]})
                elif last.get("expects") in answers:
                    await self.say({"text": answers[last["expects"]]})
                else:
                    await self.say({"text": f"I want a consultation on {self.day:%B} {self.day.day}"})

    async def say(self, body: dict[str, str]) -> None:
        """Send a message and hear everything until its turn has ended, if only with an apology."""
        mine = str(uuid.uuid4())
        self.sent.append(mine)
        await self._insist("POST", "/chat/messages", json={"client_msg_id": mine, **body})
        await self.hear(
            lambda: any(
                event["type"] == "status" and event.get("state") == "idle" and event.get("in_reply_to") == mine
                for event in self.events
            )
        )

    async def hear(self, there: Callable[[], object]) -> None:
        """Hear on until it holds."""
        deadline = time.monotonic() + TALK_SECONDS
        while not there():
            assert time.monotonic() < deadline, "a message that was accepted was not answered"
            after = self.events[-1]["seq"] if self.events else 0
            self.events += (await self._insist("GET", "/chat/events", params={"after": after, "wait": 5})).json()[
                "events"
            ]

    async def _insist(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send until there is an answer, as a page does that has lost its connection."""
        deadline = time.monotonic() + TALK_SECONDS
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = await self._http.request(method, path, **options)
                if answer.status_code < 500:
                    assert answer.status_code < 300, answer.text
                    return answer
                self.refused.append(answer)
            assert time.monotonic() < deadline, f"{path} never answered"
            await asyncio.sleep(0.3)


def weekdays(count: int, first: date = date(2026, 11, 30)) -> list[date]:
    """Days on which the sample's physician works and nothing is closed, repeated as needed."""
    closed = {date(2026, 12, 24), date(2026, 12, 25), date(2027, 1, 1)}
    days = [first + timedelta(days=n) for n in range(120)]
    free = [day for day in days if day.weekday() < 5 and day not in closed]
    return [free[n % len(free)] for n in range(count)]
