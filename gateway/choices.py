"""The choices a conversation was offered: which payload an opaque id stands for, and whether it still counts."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select

from gateway.events import Body, Locked
from gateway.replies import Offer
from gateway.schema import choices, events

_POLITE = re.compile(r"[ ,.!]+(?:please|pls|thanks|thank you|por favor|gracias)[.!]*$")

# Made once: building a statement costs more than running it, and these run for every message.
_INSERT = insert(choices)
_NUMBERED = (
    select(choices.c.number, choices.c.label, choices.c.payload)
    .where(
        choices.c.conversation == bindparam("conversation"), choices.c.turn == bindparam("last_turn"),
        choices.c.number > 0,
    )
    .order_by(choices.c.number)
)  # fmt: skip


class Chosen(NamedTuple):
    """A choice of this conversation. `live` is False when the talk has gone past it."""

    label: str
    payload: str
    live: bool


def remember(connection: Connection, conversation: str, turn: str, offered: Sequence[tuple[int, Offer]]) -> None:
    """Keep the choices of a turn; each comes with the seq of the event that shows it."""
    if offered:
        connection.execute(
            _INSERT,
            [{"conversation": conversation, "turn": turn, "seq": seq, **offer.model_dump()} for seq, offer in offered],
        )


def resolve(connection: Connection, held: Locked, choice_id: str) -> Chosen | None:
    """What a choice id stands for in this conversation; None when it was never offered here.

    A topic is a question of its own and stays good. Everything else answers the last question that was asked, so it
    counts only while no newer turn was answered: two-day-old answers to other questions are not acted upon.
    """
    row = connection.execute(
        select(choices).where(choices.c.id == choice_id, choices.c.conversation == held.id)
    ).one_or_none()
    if row is None:
        return None
    return Chosen(row.label, row.payload, row.kind == "topic" or row.turn == held.last_turn)


def spoken(connection: Connection, held: Locked, text: str) -> str | None:
    """The payload that a texter means by a number, or by a label word for word; None when it is no such answer."""
    said = _POLITE.sub("", " ".join(text.casefold().split())).strip(".,!)( #")
    if held.last_turn is None:
        return None
    for row in connection.execute(_NUMBERED, {"conversation": held.id, "last_turn": held.last_turn}):
        if said in (str(row.number), " ".join(row.label.casefold().split())):
            return str(row.payload)
    return None


def last_question(connection: Connection, held: Locked) -> Body | None:
    """The newest bot event that still offers live choices, without its number and time: to ask it again."""
    seq = connection.execute(
        select(func.max(choices.c.seq)).where(choices.c.conversation == held.id, choices.c.turn == held.last_turn)
    ).scalar_one()
    if seq is None:
        return None
    body: Body = json.loads(
        connection.execute(
            select(events.c.body).where(events.c.conversation == held.id, events.c.seq == seq)
        ).scalar_one()
    )
    return {name: value for name, value in body.items() if name not in ("seq", "time", "in_reply_to", "outcome")}
