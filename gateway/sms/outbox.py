"""The outbox: every text to send, under an id of ours, and what became of it.

    waiting → sending → queued → sent → delivered | undelivered | failed
    waiting → suppressed | expired | failed

`sending` is committed before the call to Twilio, which has no idempotency key: a row found there after a crash may have
gone out (see gateway.sms.sender). States from Twilio only ever move forward, whatever order its callbacks come in.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from clinic import clock
from gateway.schema import outbox
from gateway.sms import segments

RANK = {"waiting": 0, "sending": 1, "queued": 2, "sent": 3, "delivered": 4, "undelivered": 4, "failed": 4}
FROM_TWILIO = {
    "accepted": "queued", "scheduled": "queued", "queued": "queued", "sending": "queued", "sent": "sent",
    "delivered": "delivered", "read": "delivered", "partially_delivered": "delivered",
    "undelivered": "undelivered", "failed": "failed", "canceled": "failed",
}  # fmt: skip
TERMINAL = ("delivered", "undelivered", "failed", "suppressed", "expired")
LEASE_SECONDS = 60.0
REPLY_SECONDS = 4 * 3600.0  # an answer that comes later than this is no answer any more

_INSERT = insert(outbox)  # made once: building a statement costs more than running it


@dataclass(frozen=True)
class Text:
    """A text to send. `sender` is our number, or None for any; times are seconds since 1970."""

    kind: str
    sender: str | None
    recipient: str
    number_hash: str
    body: str
    conversation: str | None = None
    urgent: bool = True
    useless_after: float | None = None
    id: str | None = None


def add(connection: Connection, text: Text) -> str:
    """Put a text into the outbox; returns its id. The same id twice is one text."""
    now = clock.timestamp()
    key = text.id or str(uuid.uuid4())
    if text.id and connection.execute(select(outbox.c.id).where(outbox.c.id == key)).first():
        return key
    body = segments.economical(text.body)
    row = {
        "id": key,
        "kind": text.kind,
        "conversation": text.conversation,
        "sender": text.sender,
        "recipient": text.recipient,
        "number_hash": text.number_hash,
        "body": body,
        "segments": segments.count(body),
        "urgent": text.urgent,
        "state": "waiting",
        "created_at": now,
        "next_at": 0.0,
        "useless_after": text.useless_after or now + REPLY_SECONDS,
        "attempts": 0,
        "uncertain": False,
        "lease_until": 0.0,
    }
    connection.execute(_INSERT, row)
    return key


def take(connection: Connection, owner: str, limit: int) -> list[Any]:
    """Lease what is due, urgent first: waiting rows, and rows left `sending` by a process that died."""
    now, columns = time.time(), outbox.c
    due = or_(
        (columns.state == "waiting") & (columns.next_at <= now),
        (columns.state == "sending") & (columns.next_at <= now),
    )
    rows = connection.execute(
        select(outbox)
        .where(due, columns.lease_until <= now)
        .order_by(columns.urgent.desc(), columns.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        connection.execute(
            update(outbox)
            .where(columns.id.in_([row.id for row in rows]))
            .values(lease_owner=owner, lease_until=now + LEASE_SECONDS)
        )
    return list(rows)


def release(connection: Connection) -> None:
    """Drop every lease: this process alone has the database, so whoever held one is gone."""
    connection.execute(update(outbox).where(outbox.c.lease_until > 0).values(lease_owner=None, lease_until=0.0))


def mark(connection: Connection, row: Any, owner: str, **values: Any) -> bool:
    """Change a row that `owner` holds the lease on; False when somebody else does, or it went on without us."""
    changed = connection.execute(
        update(outbox)
        .where(outbox.c.id == row.id, outbox.c.lease_owner == owner, outbox.c.state.in_(("waiting", "sending")))
        .values(values)
    )
    return changed.rowcount == 1


def finished(state: str, **values: Any) -> dict[str, Any]:
    """The values of a row that has come to its end: its words are taken out with it."""
    return {"state": state, "done_at": clock.timestamp(), "body": None, "lease_until": 0.0} | values


def report(connection: Connection, text_id: str, sid: str, status: str, error_code: int | None) -> Any | None:
    """Take in a status callback. Returns the row as it was, or None for a text that is not ours.

    Monotonic: a late `sent` does not undo `delivered`; the first of two terminal states stays.
    """
    row = connection.execute(select(outbox).where(outbox.c.id == text_id).with_for_update()).one_or_none()
    if row is None or (row.twilio_sid and row.twilio_sid != sid):
        return None
    state = FROM_TWILIO.get(status)
    if state is None or row.state in TERMINAL or RANK[state] <= RANK.get(row.state, 9):
        return row
    values: dict[str, Any] = {"twilio_sid": sid, "state": state, "error_code": error_code}
    if state in TERMINAL:
        values |= finished(state) | {"redact_at": time.time() + 60}
    connection.execute(update(outbox).where(outbox.c.id == text_id).values(values))
    return row
