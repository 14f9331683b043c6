"""Web sessions: an opaque token in the browser, its hash and the conversation id on the server only."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

from clinic import clock
from gateway.schema import conversations

IDLE_SECONDS = 30 * 60
ABSOLUTE_SECONDS = 12 * 3600

_FIND = select(conversations).where(conversations.c.token_hash == bindparam("hash"))


class SessionRefused(Exception):
    """The request carries no session that may go on. `code` is `session_required`, `session_unknown` or `session_expired`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Session:
    """A conversation that is still open. `lang` is the language last spoken in it, or None."""

    conversation: str
    lang: str | None
    last_seq: int


@dataclass(frozen=True)
class NewSession:
    """The only time the token exists in clear. `expires_at`: seconds since 1970, when nothing is said until then."""

    token: str
    expires_at: float


def start(connection: Connection, lang: str | None) -> NewSession:
    """Open a web conversation. The client can bring neither the token nor the id."""
    token, now = secrets.token_urlsafe(32), clock.timestamp()
    connection.execute(
        insert(conversations).values(
            id=str(uuid.uuid4()),
            channel="web",
            token_hash=hash_of(token),
            lang=lang,
            last_seq=0,
            created_at=now,
            seen_at=now,
        )
    )
    return NewSession(token, now + IDLE_SECONDS)


def find(connection: Connection, token: str | None) -> Session:
    """The open conversation of a token. Raises SessionRefused.

    The look-up is by SHA-256 of the token, so that neither a copy of the database nor its timing gives a token away.
    """
    if not token:
        raise SessionRefused("session_required")
    row = connection.execute(_FIND, {"hash": hash_of(token)}).one_or_none()
    if row is None:
        raise SessionRefused("session_unknown")
    now = clock.timestamp()
    if row.ended_at is not None or now >= min(row.seen_at + IDLE_SECONDS, row.created_at + ABSOLUTE_SECONDS):
        raise SessionRefused("session_expired")
    return Session(row.id, row.lang, row.last_seq)


def seen(connection: Connection, conversation: str) -> None:
    """The patient is there: the quiet minutes start anew. The absolute end stays where it is."""
    connection.execute(
        update(conversations).where(conversations.c.id == conversation).values(seen_at=clock.timestamp())
    )


def end(connection: Connection, conversation: str) -> None:
    """Close a conversation: its token is worth nothing from now on."""
    connection.execute(
        update(conversations).where(conversations.c.id == conversation).values(ended_at=clock.timestamp())
    )


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
