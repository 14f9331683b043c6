"""Fetches the messages that scheduling has due (confirmations, reminders, codes, offers) and hands them on.

Claim, hand on, report: a message is reported as sent once it is in our own outbox, under the same id, so a crash in between
can only bring the same row again. Where the channel it needs is off, it is written to `$VAR_DIR/outbox.jsonl` instead, so that
everything works, and can be tested, without an account.
"""

from __future__ import annotations

import asyncio
import json
import os
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection, select, update

from clinic import clock
from gateway import choices, events, mail
from gateway.database import Database, StoreUnavailable
from gateway.events import stamp
from gateway.inbox import alert
from gateway.replies import Offer
from gateway.schema import conversations, sms_threads, staff_alerts
from gateway.settings import Settings
from gateway.sms import consent, outbox
from gateway.sms.answers import expected
from gateway.sms.numbers import E164, keyed_hash
from gateway.sms.service import Sms

log = structlog.get_logger()

PAUSE_SECONDS = 2.0
AT_ONCE, LEASE = 50, 120


class Consent(BaseModel):
    """How whoever a message is for agreed to texts: `method` on_file, by_text or in_chat; the version of the words; when."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    method: str
    wording: str | None = None
    at: datetime


class Due(BaseModel):
    """A message as scheduling hands it out; `to` is a phone number or a mail address. A code needs no consent: it is asked for."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    message_id: str
    kind: str
    audience: str
    to: str | None
    language: str
    text: str
    lease: str
    useless_after: datetime
    appointment_id: str | None = None
    consent: Consent | None = None


class NotSent(Exception):
    """The message did not go out. `retryable` and `opted_out` as scheduling wants to know."""

    def __init__(self, error: str, retryable: bool = False, opted_out: bool = False) -> None:
        super().__init__(error)
        self.retryable, self.opted_out = retryable, opted_out


class Messenger:
    def __init__(self, settings: Settings, database: Database, web: httpx.AsyncClient, sms: Sms | None) -> None:
        self._settings, self._database, self._web, self._sms = settings, database, web, sms
        self._url, self._texts = f"{settings.scheduling_url}/v1/messages", f"{settings.scheduling_url}/v1/texts"
        self._headers = {"Authorization": f"Bearer {settings.scheduling_token}"}

    async def run(self) -> None:
        """Fetch and hand on until cancelled."""
        while True:
            try:
                await self._resume()
                for due in await self._claim():
                    await self._hand_on(due)
            except (httpx.HTTPError, StoreUnavailable) as error:
                log.info("no_messages_due", error=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _resume(self) -> None:
        """Tell scheduling of numbers that texted START: it called their reminders off."""
        for number in await self._database.read(_resumed) if self._sms else ():
            answer = await self._web.post(f"{self._texts}:resume", json={"phone": number}, headers=self._headers)
            if answer.status_code >= 500 or answer.status_code in (401, 403):
                return
            await self._database.write(partial(_told, number))
            log.info("texts_resumed", reported=answer.status_code)

    async def _claim(self) -> list[Due]:
        asked = {"limit": AT_ONCE, "lease_seconds": LEASE}
        answer = await self._web.post(f"{self._url}:claim", json=asked, headers=self._headers)
        answer.raise_for_status()
        found = []
        for one in answer.json()["messages"]:
            try:
                found.append(Due.model_validate(one))
            except ValidationError as error:
                # One that we cannot read must not keep back the others; its lease runs out and it is given up there.
                log.error("message_due_unreadable", mistakes=error.error_count())
        return found

    async def _hand_on(self, due: Due) -> None:
        path, body = "sent", dict[str, Any](lease=due.lease)
        try:
            await self._send(due)
        except NotSent as error:
            path = "failed"
            more = {"error": str(error), "retryable": error.retryable, "opted_out": error.opted_out}
            body |= more
        answer = await self._web.post(f"{self._url}/{due.message_id}:{path}", json=body, headers=self._headers)
        log.info("message_due", message=due.message_id, kind=due.kind, result=path, reported=answer.status_code)

    async def _send(self, due: Due) -> None:
        if due.audience == "staff":
            await self._database.write(lambda connection: self._to_staff(connection, due))
            if not self._settings.alerts.any:
                await asyncio.to_thread(self._write, due)
        elif due.to and "@" in due.to and self._settings.mail:
            try:
                await asyncio.to_thread(mail.send, self._settings.mail, due.to, "Your visit", due.text)
            except mail.MailError as error:
                raise NotSent(str(error), retryable=True) from None
        elif due.to and E164.fullmatch(due.to) and self._sms:
            await self._database.write(lambda connection: self._to_patient(connection, due))
            self._sms.courier.wake()
        else:
            await asyncio.to_thread(self._write, due)

    def _to_staff(self, connection: Connection, due: Due) -> None:
        if connection.execute(select(staff_alerts.c.id).where(staff_alerts.c.message_id == due.message_id)).first():
            return
        held = events.Locked("", "web", None, 0, None)
        alert(connection, held, due.message_id, due.kind[:40])

    def _to_patient(self, connection: Connection, due: Due) -> None:
        assert self._sms is not None
        assert due.to is not None
        number = keyed_hash(due.to, self._settings.number_key)
        if consent.is_suppressed(connection, number):
            raise NotSent("opted out", opted_out=True)
        if due.consent:
            agreed = due.consent
            consent.agreed(
                connection, number, agreed.method, agreed.wording or "", due.message_id, agreed.at.timestamp()
            )
        elif due.kind != "code":
            raise NotSent("no consent")
        sender = self._sms.settings.senders[0]
        text = outbox.Text(
            kind="code" if due.kind == "code" else due.kind[:24],
            sender=sender,
            recipient=due.to,
            number_hash=number,
            body=due.text,
            urgent=due.kind == "code",
            useless_after=due.useless_after.timestamp(),
            id=due.message_id,
        )
        outbox.add(connection, text)
        if expected(due.kind):
            self._expect_answer(connection, sender, due)

    def _expect_answer(self, connection: Connection, sender: str, due: Due) -> None:
        """Remember what may be replied to a reminder or an offer, until the talk moves on."""
        assert self._sms is not None
        assert due.to is not None
        held = self._sms.talk.open(connection, sender, due.to)
        if held.last_turn == due.message_id:
            return
        offers = [
            (
                held.last_seq,
                Offer(id=f"{due.message_id}{word}", kind="answer", label=word, payload=payload, number=number),
            )
            for number, word, payload in expected(due.kind)
        ]
        choices.remember(connection, held.id, due.message_id, offers)
        connection.execute(
            update(conversations)
            .where(conversations.c.id == held.id)
            .values(last_turn=due.message_id, lang=held.lang or due.language)
        )

    def _write(self, due: Due) -> None:
        path = Path(self._settings.var) / "outbox.jsonl"
        line = due.model_dump(mode="json", exclude={"lease"}) | {"time": stamp(clock.now())}
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _resumed(connection: Connection) -> list[str]:
    return list(connection.execute(select(sms_threads.c.theirs).where(sms_threads.c.resumed).distinct()).scalars())


def _told(number: str, connection: Connection) -> None:
    connection.execute(update(sms_threads).where(sms_threads.c.theirs == number).values(resumed=False))
