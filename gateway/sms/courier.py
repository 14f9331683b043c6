"""Carries the outbox to Twilio: gates, pace, one retry policy, and what to do when the outcome is unknown."""

from __future__ import annotations

import asyncio
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection, select

from clinic import clock
from gateway.database import Database, StoreUnavailable
from gateway.events import Locked
from gateway.inbox import alert
from gateway.schema import outbox as table
from gateway.sms import consent, hours, outbox
from gateway.sms.errors import CarrierError, Meaning, Taken, meaning

if TYPE_CHECKING:
    from gateway.sms.carrier import Carrier

log = structlog.get_logger()

AT_ONCE = 6
GRACE_SECONDS = 8.0  # a callback may bring the outcome that the lost answer did not
GIVE_UP_SECONDS = 60.0  # an answer that could not be handed over for a minute goes to staff
MOST_TRIES = 40
ALWAYS = {"opt_out", "opt_in", "help", "picture", "reply", "code", "alert"}  # answers to who wrote just now
PAST_SUPPRESSION = {"opt_out", "alert"}


class Courier:
    """One per process; several may share a PostgreSQL. `owner` names this process in leases."""

    def __init__(
        self, database: Database, carrier: Carrier, owner: str, senders: tuple[str, ...], rate: float, public_url: str,
        zone: str,
    ) -> None:  # fmt: skip
        self._database, self._carrier, self._owner = database, carrier, owner
        self._senders, self._rate, self._callback, self._zone = senders, rate, f"{public_url}/sms/status?m=", zone
        self._bell = asyncio.Event()
        self._threads = ThreadPoolExecutor(AT_ONCE, "twilio")
        self._free_at: dict[str, float] = {}
        self._slow_until = 0.0

    def wake(self) -> None:
        self._bell.set()

    async def run(self) -> None:
        """Send what is due until cancelled."""
        if not self._database.shared:
            await self._database.write(outbox.release)
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                self._bell.clear()
                try:
                    free = AT_ONCE - len(under_way)
                    for row, wait in await self._database.write(lambda c: self._take(c, free)):  # noqa: B023
                        task = asyncio.create_task(self._deliver(row, wait))
                        under_way.add(task)
                        task.add_done_callback(partial(_ended, under_way))
                    if not under_way:
                        await self._redact()
                except StoreUnavailable as error:
                    log.warning("outbox_waits_for_store", error=str(error))
                await self._pause(under_way)
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _pause(self, under_way: set[asyncio.Task[None]]) -> None:
        """Until there is a reason to look again: a place is free after all were taken, the bell rings, or half a second has passed."""
        if len(under_way) >= AT_ONCE:
            await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            return
        try:
            async with asyncio.timeout(0.5):
                await self._bell.wait()
        except TimeoutError:
            return

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def reported(self, connection: Connection, text_id: str, sid: str, status: str, code: int | None) -> None:
        """Take in a status callback, and what an error in it means for the number."""
        before = outbox.report(connection, text_id, sid, status, code)
        if before is None or before.state in outbox.TERMINAL or status not in ("failed", "undelivered"):
            return
        what = meaning(code, None) if code else Meaning.PERMANENT
        if what is Meaning.ONCE_MORE and not before.uncertain and before.body:
            outbox.change(
                connection, text_id, state="waiting", uncertain=True, body=before.body, done_at=None, redact_at=None,
                next_at=time.time() + 30, twilio_sid=None, lease_until=0.0,
            )  # fmt: skip
            return
        if what is Meaning.SLOW_DOWN:
            self._slow_until = time.monotonic() + 60
        self._failed(connection, before, what, code)

    def _take(self, connection: Connection, most: int) -> list[tuple[Any, float]]:
        """Lease what is due: (row, seconds until it may go). What may go is committed as `sending` with that."""
        taken = [(row, self._gate(connection, row)) for row in outbox.take(connection, self._owner, most)]
        return [(row, wait) for row, wait in taken if wait is not None]

    async def _deliver(self, row: Any, wait: float) -> None:
        try:
            if row.state == "sending" and not await self._lost(row):
                return
            if wait:
                await asyncio.sleep(wait)
            await self._send(row)
        except StoreUnavailable as error:
            log.warning("text_waits_for_store", text=row.id, error=str(error))

    def _gate(self, connection: Connection, row: Any) -> float | None:
        """In how many seconds the text may go; None: not now. Our own suppression list first, then time, then pace."""
        if row.state == "sending":
            return 0.0  # it may have gone already: that is found out first
        now = clock.now()
        if row.kind not in PAST_SUPPRESSION and consent.is_suppressed(connection, row.number_hash):
            outbox.mark(connection, row, self._owner, **outbox.finished("suppressed"))
            return None
        if now.timestamp() >= row.useless_after:
            outbox.mark(connection, row, self._owner, **outbox.finished("expired"))
            return None
        if row.kind not in ALWAYS:
            night = hours.opens_at(now, hours.zones_of(row.recipient, self._zone))
            if night > now:
                later = time.time() + min((night - now).total_seconds(), 300)
                outbox.mark(connection, row, self._owner, next_at=later, lease_until=0.0)
                return None
        wait = self._wait(row)
        if wait > 1:
            outbox.mark(connection, row, self._owner, next_at=time.time() + wait, lease_until=0.0)
            return None
        change = {"state": "sending", "attempts": row.attempts + 1, "next_at": time.time() + GRACE_SECONDS}
        return wait if outbox.mark(connection, row, self._owner, **change) else None

    def _wait(self, row: Any) -> float:
        """Seconds until this sender may send again: its carrier takes so many segments a second. Reserves the turn when it is near."""
        now, sender = time.monotonic(), row.sender or self._senders[0]
        if not row.urgent and self._slow_until > now:
            return self._slow_until - now
        free = max(self._free_at.get(sender, now - 3 / self._rate), now - 3 / self._rate)
        wait = max(0.0, free - now)
        if wait <= 1:
            self._free_at[sender] = free + row.segments / self._rate
        return wait

    async def _send(self, row: Any) -> None:
        now = clock.now()
        validity = int(row.useless_after - now.timestamp())
        if row.kind not in ALWAYS:
            validity = min(validity, hours.closes_in(now, hours.zones_of(row.recipient, self._zone)))
        call = {
            "to": row.recipient,
            "sender": row.sender or self._senders[0],
            "body": row.body,
            "callback": self._callback + row.id,
            "validity": max(1, min(validity, hours.LONGEST_VALIDITY)),
        }
        try:
            taken = await self._thread(lambda: self._carrier.send(**call))
        except CarrierError as refusal:
            error = refusal
        else:
            await self._database.write(lambda c: self._adopt(c, row, taken))
            log.info("text_handed_over", text=row.id, sid=taken.sid, segments=row.segments)
            return
        log.warning("text_failed", text=row.id, error=str(error), attempts=row.attempts + 1)
        await self._database.write(lambda c: self._refused(c, row, error))

    def _adopt(self, connection: Connection, row: Any, taken: Taken) -> None:
        outbox.report(connection, row.id, taken.sid, taken.status, taken.error_code)

    async def _lost(self, row: Any) -> bool:
        """A text whose hand-over was interrupted: ask Twilio for it. True when it must be sent once more.

        Once only, and counted: without an idempotency key a second text cannot be ruled out.
        """
        since = datetime.fromtimestamp(row.created_at, timezone.utc) - timedelta(minutes=5)
        if clock.now() - since > timedelta(days=2):
            since = clock.now() - timedelta(days=2)
        try:
            found = await self._thread(
                lambda: self._carrier.find(
                    to=row.recipient, sender=row.sender or self._senders[0], body=row.body, since=since
                )
            )
        except CarrierError as error:
            log.warning("text_lookup_failed", text=row.id, error=str(error))
            later = time.time() + 5 + random.uniform(0, 2)  # noqa: S311
            await self._database.write(lambda c: outbox.mark(c, row, self._owner, next_at=later, lease_until=0.0))
            return False
        if found:
            await self._database.write(lambda c: self._adopt(c, row, found))
            log.info("text_found_again", text=row.id, sid=found.sid)
            return False
        if row.uncertain:
            await self._database.write(lambda c: self._end(c, row, Meaning.UNKNOWN, None))
            return False
        log.warning("text_sent_again_uncertain", text=row.id)
        again = {"uncertain": True, "attempts": row.attempts + 1, "next_at": time.time() + GRACE_SECONDS}
        return await self._database.write(lambda c: outbox.mark(c, row, self._owner, **again))

    def _refused(self, connection: Connection, row: Any, error: CarrierError) -> None:
        """The one retry policy."""
        now, tries = time.time(), row.attempts + 1
        if error.meaning in (Meaning.LATER, Meaning.SLOW_DOWN):
            waited = clock.timestamp() - row.created_at
            if tries < MOST_TRIES and (waited < GIVE_UP_SECONDS or not row.urgent):
                pause = random.uniform(0, min(30.0, 0.1 * 2 ** min(tries, 10)))  # noqa: S311  (full jitter)
                if error.meaning is Meaning.SLOW_DOWN:
                    self._slow_until, pause = time.monotonic() + 60, 30.0 + pause
                outbox.mark(connection, row, self._owner, state="waiting", next_at=now + pause, lease_until=0.0)
                return
        if error.meaning is Meaning.UNKNOWN:
            # Stays `sending`: it is looked up when the grace is over.
            outbox.mark(connection, row, self._owner, next_at=now + GRACE_SECONDS, lease_until=0.0)
            return
        self._end(connection, row, error.meaning, error.code)

    def _end(self, connection: Connection, row: Any, what: Meaning, code: int | None) -> None:
        if outbox.mark(connection, row, self._owner, **outbox.finished("failed", error_code=code)):
            self._failed(connection, row, what, code)

    def _failed(self, connection: Connection, row: Any, what: Meaning, code: int | None) -> None:
        """What a failure for good means for the number, and for staff."""
        if what is Meaning.OPTED_OUT:
            consent.suppress(connection, row.number_hash, "carrier", row.id)
        elif what is Meaning.BAD_NUMBER:
            consent.suppress(connection, row.number_hash, "unreachable", row.id)
        kind = {
            Meaning.CONFIGURATION: "texting_misconfigured",
            Meaning.OURS: "texting_misconfigured",
            Meaning.OPTED_OUT: "text_refused_by_patient",
            Meaning.UNKNOWN: "text_uncertain",
        }.get(what, "text_undelivered")
        if row.kind != "alert":
            held = Locked(row.conversation or "", "sms", None, 0, None)
            alert(connection, held, row.id, kind)
        log.error("text_given_up", text=row.id, code=code, meaning=what.name.lower())

    async def _redact(self) -> None:
        """Take the words out of Twilio's copy of texts that have come to their end."""
        columns = table.c

        def due(connection: Connection) -> list[Any]:
            query = select(columns.id, columns.twilio_sid).where(
                columns.redact_at.is_not(None), columns.redact_at <= time.time(), columns.twilio_sid.is_not(None)
            )
            return list(connection.execute(query.limit(20)))

        for row in await self._database.read(due):
            try:
                await self._thread(partial(self._carrier.redact, row.twilio_sid))
                again = None
            except CarrierError as error:
                again = time.time() + 3600 if error.meaning in (Meaning.LATER, Meaning.UNKNOWN) else None
            await self._database.write(partial(_redact_at, row.id, again))

    async def _thread(self, call: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


def _ended(under_way: set[asyncio.Task[None]], task: asyncio.Task[None]) -> None:
    under_way.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        # One bad row: its lease runs out, and it is tried again. Never the error's own words.
        log.error("text_crashed", error=type(error).__name__)


def _redact_at(text_id: str, moment: float | None, connection: Connection) -> None:
    outbox.change(connection, text_id, redact_at=moment)
