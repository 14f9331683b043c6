"""The worker: takes messages from the inbox and posts them to the bot until their outcome is known.

A post that stays silent is not cut off: after `repeat_seconds` (10) the same message is posted beside it, under the same id, and
the first answer counts. After `apologise_seconds` (25) the patient hears the fixed apology; the true answer is still delivered if it comes.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import Connection

from gateway import metrics
from gateway.database import Database, StoreUnavailable
from gateway.hub import Hub
from gateway.inbox import LEASE_SECONDS, Inbox
from gateway.message import Turn
from gateway.rasa import NothingDone, RasaError, Refused
from gateway.replies import Reply

log = structlog.get_logger()
T = TypeVar("T")

MOST_IN_FLIGHT = 3
AT_ONCE, PLACE_SECONDS = 16, 2.0
"""So many turns that nobody watches (texts, what an earlier process left) begin at once; a slow one gives up its place."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 3.0
KEEP_TRYING = {False: 120.0, True: 600.0}  # by whether the bot may have acted


class Bot(Protocol):
    """Who answers turns. Raises RasaError."""

    async def turn(self, turn: Turn) -> list[Reply]: ...


class Turns:
    """Runs turns as tasks. The leases in the database, not these tasks, see to it that a conversation has one at a time."""

    def __init__(
        self,
        database: Database,
        inbox: Inbox,
        bot: Bot,
        hub: Hub,
        repeat_seconds: float,
        texts_wait: Callable[[], None] = lambda: None,
    ) -> None:
        self._database, self._inbox, self._bot, self._hub = database, inbox, bot, hub
        self._repeat_seconds, self._texts_wait = repeat_seconds, texts_wait
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._queued: set[str] = set()
        self._keepers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Take up what an earlier process left, then look after leases, apologies and forgotten messages."""
        if not self._database.shared:
            await self._database.write(lambda connection: self._inbox.release(connection, everyone=True))
        await self._database.write(self._inbox.forgive)
        self._keepers = [
            asyncio.create_task(self._every(LEASE_SECONDS / 3, self._renew)),
            asyncio.create_task(self._every(1.0, self._sweep)),
        ]

    def run(self, turn: Turn) -> None:
        """Post a turn that is leased to us, then whatever waits behind it."""
        self._spawn(self._conversation(turn.conversation, turn))

    def expect(self, conversation: str, seconds: float) -> None:
        """Look after a conversation when its newest text has been held for `seconds`, so that others could join it."""
        asyncio.get_running_loop().call_later(seconds + 0.01, self._queue, conversation)

    async def stop(self, seconds: float) -> None:
        """Let running turns end for `seconds`, then give their leases back for another process."""
        for keeper in self._keepers:
            keeper.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._keepers, *self._tasks, return_exceptions=True)
        try:
            await self._database.write(self._inbox.release)
        except StoreUnavailable:
            log.warning("leases_not_released")

    async def _conversation(self, conversation: str, turn: Turn | None) -> None:
        try:
            while True:
                if turn is None:
                    turn = await self._database.write(lambda connection: self._inbox.claim(connection, conversation))
                    self._hub.ring(
                        conversation
                    )  # the claim may have said something: typing, or that a choice has passed
                if turn is None:
                    return
                if not await self._settle(turn):
                    return
                turn = None
        except StoreUnavailable as error:
            log.warning("turn_waits_for_store", conversation=conversation, error=str(error))

    async def _settle(self, turn: Turn) -> bool:
        """Post until the outcome is known, and store it. Whether another message may wait behind it."""
        flying: set[asyncio.Task[list[Reply]]] = set()
        unknown, failures = turn.may_have_run, 0
        begun = next_post = time.monotonic()
        try:
            while True:
                now = time.monotonic()
                if now >= next_post and len(flying) < MOST_IN_FLIGHT:
                    flying.add(_at_once(self._bot.turn(turn)))
                    next_post = now + self._repeat_seconds
                done = await _first(flying, max(next_post - now, 0.05))
                flying -= done
                for task in done:
                    try:
                        replies = task.result()
                    except RasaError as error:
                        failures += 1
                        unknown |= not isinstance(error, NothingDone)
                        log.warning(
                            "turn_failed", message=turn.message_id, error=str(error), failures=failures, unknown=unknown
                        )
                        if isinstance(error, Refused) and not unknown:
                            await self._give_up(turn, "bot_refused")
                            return True
                        pause = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
                        next_post = min(next_post, time.monotonic() + pause * random.uniform(0.8, 1.2))  # noqa: S311
                    else:
                        return await self._finish(turn, replies)
                if done and not (unknown or flying) and await self._over(turn):
                    return True
                if time.monotonic() - begun > KEEP_TRYING[unknown or bool(flying)]:
                    await self._give_up(turn, "unanswered")
                    return True
        finally:
            for task in flying:
                task.cancel()
            await asyncio.gather(*flying, return_exceptions=True)

    async def _over(self, turn: Turn) -> bool:
        if time.time() - turn.waits_since < self._inbox.apologise_seconds:
            return False
        return await self._database.write(lambda connection: self._inbox.has_not_run(connection, turn))

    async def _finish(self, turn: Turn, replies: list[Reply]) -> bool:
        def finish(connection: Connection) -> tuple[bool, bool]:
            return self._inbox.finish(connection, turn, replies), self._inbox.waits(connection, turn.conversation)

        stored, more = await self._persist(lambda: self._database.write(finish))
        log.info(
            "turn_answered" if stored else "turn_answered_elsewhere",
            message=turn.message_id,
            conversation=turn.conversation,
            ms=round((time.time() - turn.waits_since) * 1000),
        )
        if stored:
            metrics.answered(turn.channel, replies, time.time() - turn.waits_since)
        self._hub.ring(turn.conversation)
        if turn.channel == "sms":
            self._texts_wait()
        return more

    async def _give_up(self, turn: Turn, kind: str) -> None:
        await self._persist(lambda: self._database.write(lambda c: self._inbox.give_up(c, turn, kind)))
        log.error("turn_given_up", message=turn.message_id, conversation=turn.conversation, kind=kind)
        metrics.given_up(turn.channel)
        self._hub.ring(turn.conversation)

    async def _persist(self, write: Callable[[], Awaitable[T]]) -> T:
        """Write the outcome, through a store that is away for a moment; after that the lease runs out and it is posted anew."""
        for pause in (0.1, 0.3, 1.0, 3.0):
            try:
                return await write()
            except StoreUnavailable:
                await asyncio.sleep(pause)
        return await write()

    async def _renew(self) -> None:
        if self._tasks:
            await self._database.write(self._inbox.renew)

    async def _sweep(self) -> None:
        if await self._database.read(self._inbox.overdue):
            for told in await self._database.write(self._inbox.apologise_overdue):
                log.warning("apologised", conversation=told)
                metrics.apologised()
                self._hub.ring(told)
        for conversation in await self._database.read(self._inbox.waiting):
            self._queue(conversation)

    async def _every(self, seconds: float, work: Any) -> None:
        while True:
            try:
                await work()
            except StoreUnavailable as error:
                log.warning("store_unavailable", error=str(error))
            except Exception as error:  # leases and apologies must go on whatever one row holds
                log.error("keeper_crashed", error=type(error).__name__)
            await asyncio.sleep(seconds)

    def _queue(self, conversation: str) -> None:
        if conversation not in self._queued:
            self._queued.add(conversation)
            self._spawn(self._in_its_place(conversation))

    async def _in_its_place(self, conversation: str) -> None:
        try:
            async with self._places:
                self._queued.discard(conversation)
                talk = asyncio.create_task(self._conversation(conversation, None))
                self._keep(talk)
                await asyncio.wait({talk}, timeout=PLACE_SECONDS)
        finally:
            self._queued.discard(conversation)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._keep(_at_once(work))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Never the text of the error: it may quote what the patient wrote.
            log.error("turn_crashed", error=type(error).__name__)


def _at_once(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """A task whose first part has run: the bot has its post before the patient's browser is answered."""
    return asyncio.Task(work, loop=asyncio.get_running_loop(), eager_start=True)


async def _first(tasks: set[asyncio.Task[list[Reply]]], seconds: float) -> set[asyncio.Task[list[Reply]]]:
    if not tasks:
        await asyncio.sleep(seconds)
        return set()
    return (await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED))[0]
