"""Which parts of the house can do their work right now."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

import httpx
from sqlalchemy import select

from gateway.database import Database, StoreUnavailable
from gateway.rasa import Rasa
from gateway.settings import Settings

KEPT_SECONDS = 5.0
SLOWEST_SECONDS = 4.0


class Readiness:
    """Asks every part at once, at most every five seconds (every half second while something is not ready)."""

    def __init__(self, settings: Settings, database: Database, rasa: Rasa, web: httpx.AsyncClient) -> None:
        self._settings, self._database, self._rasa, self._web = settings, database, rasa, web
        self._parts: dict[str, bool] = {}
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def parts(self) -> dict[str, bool]:
        async with self._lock:
            if time.monotonic() >= self._until:
                asked = {
                    "database": self._database_answers(),
                    "rasa": self._rasa.ready(),
                    "actions": self._answers(f"{self._settings.actions_url}/health"),
                    "scheduling": self._answers(f"{self._settings.scheduling_url}/readyz"),
                }
                answers = await asyncio.gather(*map(_in_time, asked.values()))
                self._parts = dict(zip(asked, answers, strict=True))
                self._until = time.monotonic() + (KEPT_SECONDS if all(answers) else 0.5)
            return self._parts

    async def _database_answers(self) -> bool:
        try:
            answers = await self._database.read(lambda connection: connection.execute(select(1)).scalar_one() == 1)
            return answers and self._database.takes_writes
        except StoreUnavailable:
            return False

    async def _answers(self, url: str) -> bool:
        try:
            return (await self._web.get(url, timeout=SLOWEST_SECONDS)).status_code == 200
        except httpx.HTTPError:
            return False


async def _in_time(question: Awaitable[bool]) -> bool:
    try:
        async with asyncio.timeout(SLOWEST_SECONDS):
            return await question
    except TimeoutError:
        return False
