"""The numbered events of a conversation: what the patient said, what the bot said, when it types.

An event is stored as the JSON that the browser gets (architecture, "Web chat"). Whoever appends has locked the
conversation first, which makes `seq` gap-free.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from clinic import clock
from gateway.schema import conversations, events

Body = dict[str, Any]
MOST = 200
"""Events in one reading."""

# Built once: SQLAlchemy takes longer to put a statement together than SQLite to run it.
_LOCK = (
    select(
        conversations.c.id,
        conversations.c.channel,
        conversations.c.lang,
        conversations.c.last_seq,
        conversations.c.last_turn,
    )
    .where(conversations.c.id == bindparam("conversation"))
    .with_for_update()
)
_APPEND = insert(events)
_CHANGE = update(conversations).where(conversations.c.id == bindparam("conversation"))
_AFTER = (
    select(events.c.seq, events.c.body)
    .where(events.c.conversation == bindparam("conversation"), events.c.seq > bindparam("seen"))
    .order_by(events.c.seq)
    .limit(MOST)
)


class Event(NamedTuple):
    """`body` is the whole event as JSON text, its `seq` included."""

    seq: int
    body: str


class Locked(NamedTuple):
    """A conversation whose row this transaction holds, so that no other one appends to it meanwhile."""

    id: str
    channel: str
    lang: str | None
    last_seq: int
    last_turn: str | None


def lock(connection: Connection, conversation: str) -> Locked:
    """Hold the conversation until the transaction ends."""
    return Locked(*connection.execute(_LOCK, {"conversation": conversation}).one())


def append(connection: Connection, held: Locked, bodies: Sequence[Body], **changes: Any) -> int:
    """Append events after `held.last_seq`, write `changes` to the conversation as well; returns the last seq."""
    time = stamp(clock.now())
    rows = [
        {
            "conversation": held.id,
            "seq": seq,
            "body": json.dumps({"seq": seq, "time": time} | body, ensure_ascii=False, separators=(",", ":")),
        }
        for seq, body in enumerate(bodies, held.last_seq + 1)
    ]
    last = held.last_seq + len(rows)
    if rows:
        connection.execute(_APPEND, rows)
    if rows or changes:
        connection.execute(_CHANGE, {"conversation": held.id, "last_seq": last, **changes})
    return last


def after(connection: Connection, conversation: str, seq: int) -> list[Event]:
    """The events that follow `seq`, oldest first, at most MOST."""
    return [Event(*row) for row in connection.execute(_AFTER, {"conversation": conversation, "seen": seq})]


def status(state: str, in_reply_to: str) -> Body:
    return {"type": "status", "state": state, "in_reply_to": in_reply_to}


def stamp(moment: datetime) -> str:
    """2026-11-25T15:00:00.000Z"""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
