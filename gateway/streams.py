"""Delivering events: a server-sent stream, and a long poll over the same rows."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator

from sqlalchemy import Connection

from gateway import conversations, events
from gateway.conversations import SessionRefused
from gateway.database import Database, StoreUnavailable
from gateway.events import Event
from gateway.hub import Bell, Hub, TooManyStreams

BEAT_SECONDS = 15.0
STREAM_SECONDS = 15 * 60.0  # then the client reconnects with Last-Event-ID: no stream outlives its checks by much


async def server_sent(
    database: Database, hub: Hub, address: str, token: str, conversation: str, after: int
) -> AsyncIterator[bytes]:
    """Events as text/event-stream, `id` being their seq; a comment every 15 s keeps proxies from closing it.

    Ends when the session ends, when the process goes down, or after a quarter of an hour.
    """

    def look(connection: Connection) -> list[Event]:
        conversations.find(connection, token)
        return events.after(connection, conversation, after)

    until = time.monotonic() + STREAM_SECONDS * random.uniform(0.9, 1.1)  # noqa: S311
    try:
        with hub.listen(conversation, address) as bell:
            yield b"retry: 1000\n\n"
            while not bell.over and time.monotonic() < until:
                bell.rung.clear()
                found = await database.glance(look)
                if found:
                    after = found[-1].seq
                    yield "".join(f"id: {event.seq}\ndata: {event.body}\n\n" for event in found).encode()
                if len(found) < events.MOST and not await _rings(bell, BEAT_SECONDS):
                    yield b": still here\n\n"
    except (SessionRefused, StoreUnavailable, TooManyStreams):
        return  # the client comes back and is told why


async def long_poll(database: Database, bell: Bell, conversation: str, after: int, wait: float) -> list[Event]:
    """The events after `after`; waits up to `wait` seconds for the first one."""
    until = time.monotonic() + wait
    while True:
        bell.rung.clear()
        found = await database.glance(lambda connection: events.after(connection, conversation, after))
        left = until - time.monotonic()
        if found or left <= 0 or bell.over or not await _rings(bell, left):
            return found


async def _rings(bell: Bell, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await bell.rung.wait()
    except TimeoutError:
        return False
    return True
