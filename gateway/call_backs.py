"""Wishes to be called that the scheduling service does not know of yet: kept with the reply that promised the call.

Somebody who asked for a call while scheduling was away gets it recorded at once. Somebody whom an outage kept from booking
(`unless_done`) gets it after a while, and not at all when the talk got it done meanwhile. `gateway/recorder.py` does the recording.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from gateway.replies import Reply
from gateway.schema import call_backs

AT_ONCE = 20


class Wish(NamedTuple):
    """What scheduling is told. `key` is the Idempotency-Key: however often it is sent, it is one call."""

    key: str
    conversation: str
    name: str
    phone: str
    best_time: str
    reason: str
    language: str


def keep(connection: Connection, conversation: str, replies: Sequence[Reply], patience: float) -> None:
    """Keep what these replies promise, and drop what an outcome among them has settled. `patience`: seconds."""
    now = time.time()
    if any(reply.outcome for reply in replies):
        settled = (call_backs.c.conversation == conversation, call_backs.c.unless_done.is_(True))
        connection.execute(delete(call_backs).where(*settled))
    for wish in (reply.call_back for reply in replies if reply.call_back):
        connection.execute(delete(call_backs).where(call_backs.c.key == wish.key))
        values = wish.model_dump() | {"conversation": conversation, "created_at": now}
        connection.execute(insert(call_backs).values(values | {"next_at": now + (patience if wish.unless_done else 0)}))


def due(connection: Connection) -> list[Wish]:
    """Those to be recorded now, oldest first."""
    columns = [call_backs.c[name] for name in Wish._fields]
    rows = connection.execute(
        select(*columns).where(call_backs.c.next_at <= time.time()).order_by(call_backs.c.created_at).limit(AT_ONCE)
    )
    return [Wish(*row) for row in rows]


def later(connection: Connection, wish: Wish, seconds: float) -> None:
    connection.execute(update(call_backs).where(call_backs.c.key == wish.key).values(next_at=time.time() + seconds))


def recorded(connection: Connection, wish: Wish) -> None:
    """Scheduling has it; a name and a number less are kept here."""
    connection.execute(delete(call_backs).where(call_backs.c.key == wish.key))
