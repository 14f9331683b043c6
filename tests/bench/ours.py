"""Our bot at its public door: the gateway's chat API, a turn ending with its idle event on the stream."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import time
import uuid
from pathlib import Path

from tests.bench.client import Client
from tests.house.house import House

PYTHON = str(Path(".venv/rasa/bin/python").absolute())
MANY = "1000000/1"
UNLIMITED = {
    name: MANY
    for name in ("GATEWAY_LIMIT_SESSION", "GATEWAY_LIMIT_ADDRESS", "GATEWAY_LIMIT_CLINIC", "GATEWAY_LIMIT_SESSIONS")
}


class OurTalk:
    """A chat session with its event stream open, as the page keeps it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._idle: dict[str, asyncio.Event] = {}
        self._reader: asyncio.Task[None] | None = None
        self.booked = False
        self.last: dict[str, object] = {}

    @classmethod
    async def open(cls, gateway: str) -> OurTalk:
        begun = Client(gateway)
        session = await begun.post("/chat/session", {}, 201)
        begun.close()
        talk = cls(Client(gateway, Authorization=f"Bearer {session['token']}"))
        talk._reader = asyncio.create_task(talk._read())
        return talk

    async def _read(self) -> None:
        async for event in self._client.events("/chat/events"):
            if event["type"] == "bot":
                self.last = event
            if event["type"] == "status" and event.get("state") == "idle":
                self._idle.setdefault(event.get("in_reply_to", ""), asyncio.Event()).set()

    async def say(self, text: str) -> None:
        await self._send({"text": text})

    async def pick(self, choice_id: str) -> None:
        await self._send({"choice_id": choice_id})

    async def _send(self, body: dict[str, str]) -> None:
        mine = uuid.uuid4().hex
        done = self._idle.setdefault(mine, asyncio.Event())
        await self._client.post("/chat/messages", {"client_msg_id": mine, **body}, 202)
        await asyncio.wait_for(done.wait(), 60)
        del self._idle[mine]

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        self._client.close()


class Ours:
    """Trained afresh in a folder of its own, then the four processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.house = House(folder / "var", **UNLIMITED)
        self.train_s = self.start_s = 0.0

    def train(self) -> None:
        """A first training: no cached embeddings, no earlier model."""
        self._folder.mkdir(parents=True, exist_ok=True)
        from_ = time.perf_counter()
        subprocess.run(
            [PYTHON, "-m", "bot.train", "--force"],
            env={**os.environ, "VAR_DIR": str(self._folder / "var")},
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.train_s = time.perf_counter() - from_

    def start(self) -> None:
        from_ = time.perf_counter()
        self.house.start()
        self.start_s = time.perf_counter() - from_

    def pids(self) -> list[int]:
        return [self.house.pid(name) for name in ("gateway", "scheduling", "rasa", "actions")]

    async def open(self) -> OurTalk:
        return await OurTalk.open(self.house.gateway)

    def stop(self) -> None:
        self.house.stop()
