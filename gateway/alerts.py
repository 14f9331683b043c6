"""Telling staff: every staff alert goes to the configured mail addresses, webhook and phones, again until somebody acknowledges.

An alert says that something happened and links to a signed page; it never contains what a patient wrote.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import uuid
from typing import Any

import httpx
import structlog
from sqlalchemy import Connection, select, update

from clinic import clock
from clinic.config import Clinic
from gateway import mail, signing
from gateway.database import Database, StoreUnavailable
from gateway.events import stamp
from gateway.schema import staff_alerts
from gateway.settings import Settings
from gateway.sms import outbox
from gateway.sms.numbers import keyed_hash

log = structlog.get_logger()

PURPOSE = "staff-alert"
LINK_SECONDS = 7 * 86400.0
ROUNDS = 4
RETRY_SECONDS = 30.0
URGENT = (
    "suicidal", "suicidal_other", "overdose", "medical", "seizure", "poisoning", "violence", "abuse", "help_after_crisis",
)  # fmt: skip
TITLES = {
    "help_after_crisis": "A patient asks for HELP after an emergency message",
    "texted_cancel": "A patient texted CANCEL: texts have ended, no visit was cancelled. Please call",
    "opted_out_in_talk": "A patient ended texts in the middle of a talk",
    "bot_refused": "The assistant refused a message: its set-up is wrong",
    "unanswered": "A message could not be answered",
    "text_loop": "Texts go back and forth too quickly with one number",
    "text_refused_by_patient": "The carrier says that a patient refused our texts",
    "text_undelivered": "A text could not be delivered",
    "text_uncertain": "It is not known whether a text was delivered",
    "texting_misconfigured": "The texting account is not set up correctly",
}


class Pager:
    """Delivers staff alerts. With no target configured, alerts are only kept."""

    def __init__(self, settings: Settings, clinic: Clinic, database: Database, web: httpx.AsyncClient) -> None:
        self._settings, self._clinic, self._database, self._web = settings, clinic, database, web
        self._base = settings.public_url or f"http://{settings.host}:{settings.port}"

    async def run(self) -> None:
        """Deliver what is due until cancelled."""
        while self._settings.alerts.any:
            try:
                for row in await self._database.write(self._take):
                    await self._deliver(row)
            except StoreUnavailable as error:
                log.warning("alerts_wait_for_store", error=str(error))
            await asyncio.sleep(1.0)

    def link(self, alert_id: str) -> str:
        signed = signing.sign(self._settings.signing_keys[0], PURPOSE, alert_id, clock.timestamp() + LINK_SECONDS)
        return f"{self._base}/staff/alerts/{signed}"

    def _take(self, connection: Connection) -> list[Any]:
        """Due alerts, their next round put off, so that no other gateway delivers them too."""
        now, columns = clock.timestamp(), staff_alerts.c
        due = (columns.acknowledged_at.is_(None), columns.next_at <= now, columns.rounds < ROUNDS)
        rows = connection.execute(select(staff_alerts).where(*due).limit(20).with_for_update(skip_locked=True)).all()
        if rows:
            ids = [row.id for row in rows]
            connection.execute(update(staff_alerts).where(columns.id.in_(ids)).values(next_at=now + RETRY_SECONDS))
        return list(rows)

    async def _deliver(self, row: Any) -> None:
        now = clock.timestamp()  # a slow mail server does not put off the next round
        results = await asyncio.gather(*self._targets(row))
        urgent = is_urgent(row.kind)
        log.info("alert_told", alert=row.id, kind=row.kind, round=row.rounds + 1, reached=sum(results), of=len(results))
        if not any(results):
            return  # nobody was reached: the same round again in half a minute
        rounds = row.rounds + 1 if urgent else ROUNDS
        wait = self._settings.alerts.escalate_minutes * 60
        values = {"rounds": rounds, "told_at": now, "next_at": now + wait}
        await self._database.write(
            lambda connection: connection.execute(
                update(staff_alerts).where(staff_alerts.c.id == row.id).values(values)
            )
        )

    def _targets(self, row: Any) -> list[Any]:
        alerts, targets = self._settings.alerts, []
        for address in alerts.mail_to:
            targets.append(self._mail(row, address))
        if alerts.webhook_url:
            targets.append(self._webhook(row))
        if is_urgent(row.kind) or not targets:
            targets += [self._text(row, number) for number in alerts.sms_to]
        return targets

    async def _mail(self, row: Any, address: str) -> bool:
        settings = self._settings.mail
        if settings is None:
            return False
        subject = f"[{self._clinic.short_name}] {title(row.kind)}"
        text = f"{title(row.kind)}.\n\nChannel: {row.channel}\nSee it and take it: {self.link(row.id)}\n"
        try:
            await asyncio.to_thread(mail.send, settings, address, subject, text)
        except mail.MailError as error:
            log.error("alert_mail_failed", alert=row.id, error=str(error))
            return False
        return True

    async def _webhook(self, row: Any) -> bool:
        """POST JSON, signed: `X-Signature: sha256=` and HMAC-SHA256 of `timestamp.body` under ALERT_WEBHOOK_SECRET."""
        body = json.dumps(
            {
                "id": row.id,
                "kind": row.kind,
                "urgent": is_urgent(row.kind),
                "title": title(row.kind),
                "channel": row.channel,
                "round": row.rounds + 1,
                "link": self.link(row.id),
            }
        ).encode()
        moment = stamp(clock.now())
        seal = hmac.new(self._settings.alerts.webhook_secret.encode(), moment.encode() + b"." + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "X-Timestamp": moment,
            "X-Signature": f"sha256={seal.hexdigest()}",
        }
        try:
            answer = await self._web.post(self._settings.alerts.webhook_url, content=body, headers=headers)
        except httpx.HTTPError as error:
            log.error("alert_webhook_failed", alert=row.id, error=type(error).__name__)
            return False
        return answer.is_success

    async def _text(self, row: Any, number: str) -> bool:
        text = outbox.Text(
            kind="alert",
            sender=None,
            recipient=number,
            number_hash=keyed_hash(number, self._settings.number_key),
            body=f"{self._clinic.short_name}: {title(row.kind)}. {self.link(row.id)}",
            id=str(uuid.uuid5(uuid.UUID(row.id), f"{number} {row.rounds}")),
        )
        await self._database.write(lambda connection: outbox.add(connection, text))
        return True


def is_urgent(kind: str) -> bool:
    return kind.removesuffix("_opted_out") in URGENT


def title(kind: str) -> str:
    """What happened, without saying to whom."""
    if kind in TITLES:
        return TITLES[kind]
    plain = kind.removesuffix("_opted_out").replace("_", " ")
    if kind.endswith("_opted_out"):
        return f"Emergency message ({plain}) from a number that ended texts: it got NO answer"
    return f"Emergency message ({plain})" if is_urgent(kind) else f"Please look: {plain}"
