"""Has the scheduling service record the call-backs that were promised while it was away, as soon as it answers again."""

from __future__ import annotations

import asyncio

import httpx
import structlog
from sqlalchemy import Connection

from gateway import call_backs
from gateway.call_backs import Wish
from gateway.database import Database, StoreUnavailable
from gateway.events import Locked
from gateway.inbox import alert
from gateway.settings import Settings

log = structlog.get_logger()

PAUSE_SECONDS = 2.0
AGAIN_SECONDS = 5.0


class Recorder:
    def __init__(self, settings: Settings, database: Database, web: httpx.AsyncClient) -> None:
        self._database, self._web = database, web
        self._url = f"{settings.scheduling_url}/v1/callbacks"
        self._headers = {"Authorization": f"Bearer {settings.scheduling_token}"}

    async def run(self) -> None:
        """Record what is due until cancelled. Several gateways may meet at one wish: its key makes that one call."""
        while True:
            try:
                for wish in await self._database.read(call_backs.due):
                    await self._record(wish)
            except StoreUnavailable as error:
                log.info("no_call_backs_due", error=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _record(self, wish: Wish) -> None:
        body = {
            "name": wish.name,
            "phone": wish.phone,
            "best_time": wish.best_time,
            "reason": wish.reason,
            "language": wish.language,
            "conversation": wish.conversation,
        }
        try:
            answer = await self._web.post(self._url, json=body, headers=self._headers | {"Idempotency-Key": wish.key})
        except httpx.HTTPError:
            status, code = 0, ""
        else:
            status, code = answer.status_code, "" if answer.is_success else _code(answer)
        if status in (0, 401, 403, 408, 429) or status >= 500:
            await self._database.write(lambda connection: call_backs.later(connection, wish, AGAIN_SECONDS))
            return
        # A mismatch: this wish was recorded before, in other words than these.
        refused = status >= 400 and code != "idempotency_mismatch"

        def settle(connection: Connection) -> None:
            call_backs.recorded(connection, wish)
            if refused:
                alert(connection, Locked(wish.conversation, "web", None, 0, None), None, "call_back_lost")

        await self._database.write(settle)
        log.info("call_back_recorded", conversation=wish.conversation, status=status, code=code)


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("code", ""))
    except (ValueError, AttributeError):
        return ""
