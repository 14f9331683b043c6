"""What goes through the inbox: a message as it came, as it was accepted, and as a turn to post."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


class MessageConflict(Exception):
    """The same client_msg_id came before, with another body."""


@dataclass(frozen=True)
class Incoming:
    """A message as a browser sent it: cleaned `text`, or `choice_id`."""

    conversation: str
    client_msg_id: str
    text: str | None
    choice_id: str | None

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.choice_id or ''}\0{self.text or ''}".encode()).hexdigest()


@dataclass(frozen=True)
class Turn:
    """A message that is ours to post: `text` or `payload`. `waits_since` is when it was received (machine time).

    `phone` is a texter's number. `safety_only`: its sender may not be answered, only looked after.
    """

    message_id: str
    conversation: str
    client_msg_id: str
    channel: str
    lang: str | None
    text: str | None
    payload: str | None
    may_have_run: bool
    waits_since: float
    phone: str | None = None
    safety_only: bool = False


@dataclass(frozen=True)
class Accepted:
    """`turn` is there when nothing else of the conversation was waiting: it is leased already and may be posted at once."""

    seq: int
    duplicate: bool
    turn: Turn | None = None
