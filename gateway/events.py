"""The numbered events of a conversation: what the patient said, what the bot said, when it types.

An event is stored as the JSON that the browser gets (architecture, "Web chat"). Whoever appends has locked the
conversation first, which makes `seq` gap-free.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, update

from clinic import clock
from gateway.schema import conversations, events

Body = dict[str, Any]


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
    columns = conversations.c
    row = connection.execute(
        select(columns.id, columns.channel, columns.lang, columns.last_seq, columns.last_turn)
        .where(columns.id == conversation)
        .with_for_update()
    ).one()
    return Locked(*row)


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
        connection.execute(insert(events), rows)
    if rows or changes:
        connection.execute(update(conversations).where(conversations.c.id == held.id).values(last_seq=last, **changes))
    return last


def after(connection: Connection, conversation: str, seq: int, limit: int = 200) -> list[Event]:
    """The events that follow `seq`, oldest first, at most `limit`."""
    rows = connection.execute(
        select(events.c.seq, events.c.body)
        .where(events.c.conversation == conversation, events.c.seq > seq)
        .order_by(events.c.seq)
        .limit(limit)
    )
    return [Event(row.seq, row.body) for row in rows]


def status(state: str, in_reply_to: str) -> Body:
    return {"type": "status", "state": state, "in_reply_to": in_reply_to}


def stamp(moment: datetime) -> str:
    """2026-11-25T15:00:00.000Z"""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
