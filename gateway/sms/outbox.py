"""The outbox: every text to send, under an id of ours, and what became of it.

    waiting → sending → queued → sent → delivered | undelivered | failed
    waiting → suppressed | expired | failed

`sending` is committed before the call to Twilio, which has no idempotency key: a row found there after a crash may have
gone out (see gateway.sms.courier). States from Twilio only ever move forward, whatever order its callbacks come in.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

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

# Made once: building a statement costs more than running it, and these run for every text.
_INSERT = insert(outbox)
_KNOWN = select(outbox.c.id).where(outbox.c.id == bindparam("text"))
_DUE = (
    select(outbox)
    .where(
        or_(outbox.c.state == "waiting", outbox.c.state == "sending"),
        outbox.c.next_at <= bindparam("now"),
        outbox.c.lease_until <= bindparam("now"),
    )
    .order_by(outbox.c.urgent.desc(), outbox.c.created_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CHANGE = update(outbox).where(outbox.c.id == bindparam("text"))
_MARK = _CHANGE.where(
    outbox.c.lease_owner == bindparam("owner"), or_(outbox.c.state == "waiting", outbox.c.state == "sending")
)
_ROW = select(outbox).where(outbox.c.id == bindparam("text")).with_for_update()


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
    if text.id and connection.execute(_KNOWN, {"text": key}).first():
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
    now = time.time()
    rows = list(connection.execute(_DUE, {"now": now, "most": limit}))
    if rows:
        leased = {"lease_owner": owner, "lease_until": now + LEASE_SECONDS}
        connection.execute(_CHANGE, [{"text": row.id, **leased} for row in rows])
    return rows


def release(connection: Connection) -> None:
    """Drop every lease: this process alone has the database, so whoever held one is gone."""
    connection.execute(update(outbox).where(outbox.c.lease_until > 0).values(lease_owner=None, lease_until=0.0))


def mark(connection: Connection, row: Any, owner: str, **values: Any) -> bool:
    """Change a row that `owner` holds the lease on; False when somebody else does, or it went on without us."""
    return connection.execute(_MARK, {"text": row.id, "owner": owner, **values}).rowcount == 1


def change(connection: Connection, text_id: str, **values: Any) -> None:
    """Change a row whoever holds it."""
    connection.execute(_CHANGE, {"text": text_id, **values})


def finished(state: str, **values: Any) -> dict[str, Any]:
    """The values of a row that has come to its end: its words are taken out with it."""
    return {"state": state, "done_at": clock.timestamp(), "body": None, "lease_until": 0.0} | values


def report(connection: Connection, text_id: str, sid: str, status: str, error_code: int | None) -> Any | None:
    """Take in a status callback. Returns the row as it was, or None for a text that is not ours.

    Monotonic: a late `sent` does not undo `delivered`; the first of two terminal states stays.
    """
    row = connection.execute(_ROW, {"text": text_id}).one_or_none()
    if row is None or (row.twilio_sid and row.twilio_sid != sid):
        return None
    state = FROM_TWILIO.get(status)
    if state is None or row.state in TERMINAL or RANK[state] <= RANK.get(row.state, 9):
        return row
    values: dict[str, Any] = {"twilio_sid": sid, "state": state, "error_code": error_code, "lease_until": 0.0}
    if state in TERMINAL:
        values |= finished(state) | {"redact_at": time.time() + 60}
    change(connection, text_id, **values)
    return row
