"""Who listens to which conversation in this process, and how they hear that something was stored.

Events are always read from the database; the hub only rings. When several gateways share a PostgreSQL, one query
every half second asks for all conversations listened to here whether another process has stored something.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select

from gateway.database import Database, StoreUnavailable
from gateway.schema import conversations


class TooManyStreams(Exception):
    """This address prefix has as many open streams as it may have."""


class Bell:
    """One listener. `rung` wakes it; `over` tells it to say good-bye."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()
        self.over = False

    def close(self) -> None:
        self.over = True
        self.rung.set()


class Hub:
    def __init__(self, per_conversation: int, per_address: int) -> None:
        self._bells: dict[str, list[Bell]] = {}
        self._addresses: Counter[str] = Counter()
        self._per_conversation = per_conversation
        self._per_address = per_address
        self._closed = False

    @contextmanager
    def listen(self, conversation: str, address: str) -> Iterator[Bell]:
        """A bell for as long as the block runs. Raises TooManyStreams.

        A chat with too many streams loses its oldest: those are left over from a phone that slept or a page reloaded.
        """
        if self.full(address):
            raise TooManyStreams
        bell, bells = Bell(), self._bells.setdefault(conversation, [])
        if len(bells) >= self._per_conversation:
            bells[0].close()
        if self._closed:
            bell.close()
        bells.append(bell)
        self._addresses[address] += 1
        try:
            yield bell
        finally:
            bells.remove(bell)
            if not bells:
                self._bells.pop(conversation, None)
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    def full(self, address: str) -> bool:
        """Whether this address prefix has as many open streams as it may have."""
        return self._addresses[address] >= self._per_address

    def ring(self, conversation: str) -> None:
        for bell in self._bells.get(conversation, ()):
            bell.rung.set()

    def close(self) -> None:
        """Ask every listener to end, and every later one too: the process is going down."""
        self._closed = True
        for bells in self._bells.values():
            for bell in bells:
                bell.close()

    def __len__(self) -> int:
        return sum(map(len, self._bells.values()))

    async def follow(self, database: Database, seconds: float = 0.5) -> None:
        """Ring for what other processes store. Runs until cancelled."""
        known: dict[str, int] = {}

        def last(connection: Connection) -> dict[str, int]:
            columns = conversations.c
            rows = connection.execute(select(columns.id, columns.last_seq).where(columns.id.in_(list(self._bells))))
            return {row.id: row.last_seq for row in rows}

        while True:
            await asyncio.sleep(seconds)
            if not self._bells:
                continue
            try:
                found = await database.read(last)
            except StoreUnavailable:
                continue
            for conversation, seq in found.items():
                if known.get(conversation, seq) != seq:
                    self.ring(conversation)
            known = found
