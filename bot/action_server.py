"""The way to the action server, which remembers what Rasa forgets: that an action was asked for and no answer came.

Rasa goes on as if an action that failed had worked, and the turn would end with an apology although a visit may be booked.
So each call is noted in `calls` of its turn, and the channel refuses to end a turn whose action was lost: it is posted again.

    refused connection      nothing was done; asked again for START_SECONDS (a killed action server is back within seconds)
    anything else lost      the action may have run: `Calls.lost`
    an answer, even a bad one   `Calls.answered`
"""

from __future__ import annotations

import asyncio
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

START_SECONDS = 8.0
PAUSE_SECONDS = 0.2
ACTION_SECONDS = 45.0
"""Longer than the longest action: a few calls of a scheduling service that answers none of them."""


@dataclass
class Calls:
    """What became of the actions of one turn."""

    answered: bool = False
    refused: bool = False
    lost: bool = False


calls: ContextVar[Calls] = ContextVar("calls")
"""Set by whoever handles a turn; the turn's actions are called within the same context."""


class ActionServer(EndpointConfig):
    """`action_endpoint` of endpoints.yml."""

    async def request(self, *args: Any, **named: Any) -> Any:
        """As the base class. Raises aiohttp's errors; what they mean for the turn is in `calls`."""
        noted = calls.get(Calls())
        named["timeout"] = aiohttp.ClientTimeout(total=ACTION_SECONDS)
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                answer = await super().request(*args, **named)
            except aiohttp.ClientConnectorError:
                if time.monotonic() >= until:
                    noted.refused = True
                    raise
                await asyncio.sleep(PAUSE_SECONDS)
            except ClientResponseError:
                noted.answered = True
                raise
            except (aiohttp.ClientError, asyncio.TimeoutError):
                noted.lost = True
                raise
            else:
                noted.answered = True
                return answer
