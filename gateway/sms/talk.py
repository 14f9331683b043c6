"""The talk behind a pair of numbers (ours, theirs), and what the bot says in it, as one text per turn."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from clinic import clock
from gateway import events
from gateway.events import Body, Locked
from gateway.inbox import alert
from gateway.schema import conversations, sms_threads
from gateway.sms import consent, outbox, segments
from gateway.sms.numbers import keyed_hash
from gateway.sms.templates import Templates

QUIET_SECONDS = 48 * 3600.0

# Made once: building a statement costs more than running it, and these run for every text.
_OF_PAIR = (sms_threads.c.ours == bindparam("us"), sms_threads.c.theirs == bindparam("them"))
_THREAD = select(sms_threads).where(*_OF_PAIR).with_for_update()
_PAIR = select(sms_threads.c.ours, sms_threads.c.theirs).where(sms_threads.c.conversation == bindparam("conversation"))
_OPEN, _INSERT, _MOVE = insert(conversations), insert(sms_threads), update(sms_threads).where(*_OF_PAIR)


class Talk:
    """Implements gateway.inbox.Texts. `key` hashes numbers."""

    def __init__(self, templates: Templates, key: str) -> None:
        self._templates, self._key = templates, key

    def open(self, connection: Connection, ours: str, theirs: str) -> Locked:
        """The conversation of this pair, held; a new one after 48 quiet hours: a two-day-old question is not answered any more."""
        now, pair = clock.timestamp(), {"us": ours, "them": theirs}
        row = connection.execute(_THREAD, pair).one_or_none()
        if row is not None and now - row.seen_at < QUIET_SECONDS:
            connection.execute(_MOVE, pair | {"seen_at": now})
            return events.lock(connection, row.conversation)
        lang = events.lock(connection, row.conversation).lang if row is not None else None
        fresh = str(uuid.uuid4())
        opened = {"id": fresh, "channel": "sms", "lang": lang, "last_seq": 0, "created_at": now, "seen_at": now}
        connection.execute(_OPEN, opened)
        if row is None:
            thread = {"ours": ours, "theirs": theirs, "conversation": fresh, "seen_at": now}
            connection.execute(_INSERT, thread)
        else:
            connection.execute(_MOVE, pair | {"conversation": fresh, "seen_at": now})
        return events.lock(connection, fresh)

    def phone(self, connection: Connection, conversation: str) -> str | None:
        pair = connection.execute(_PAIR, {"conversation": conversation}).one_or_none()
        return pair.theirs if pair else None

    def say(self, connection: Connection, held: Locked, bodies: Sequence[Body]) -> None:
        """Put what the bot said into the outbox, for the number that wrote, from the number it wrote to."""
        text = self.render(bodies, held.lang)
        if text:
            self.send(connection, held, "reply", text)

    def end(self, connection: Connection, held: Locked, message_id: str) -> None:
        """The bot understood that this person wants no more texts: what waits for them goes, the one confirmation comes."""
        number = self.phone(connection, held.id)
        if number and consent.suppress(connection, keyed_hash(number, self._key), "opt_out", message_id):
            self.send(connection, held, "opt_out", self._templates.stopped(held.lang))
            alert(connection, held, message_id, "opted_out_in_talk")

    def send(self, connection: Connection, held: Locked, kind: str, text: str) -> None:
        """Put a text of the gateway's own into the outbox."""
        pair = connection.execute(_PAIR, {"conversation": held.id}).one_or_none()
        if pair is None:
            return  # the pair has moved on to a newer conversation
        outbox.add(
            connection,
            outbox.Text(
                kind=kind,
                sender=pair.ours,
                recipient=pair.theirs,
                number_hash=keyed_hash(pair.theirs, self._key),
                body=text,
                conversation=held.id,
            ),
        )

    def resumed(self, connection: Connection, held: Locked) -> None:
        """Note that this number wants texts again: scheduling, which calls its own off after an opt-out, must hear of it."""
        connection.execute(update(sms_threads).where(sms_threads.c.conversation == held.id).values(resumed=True))

    def render(self, bodies: Sequence[Body], lang: str | None) -> str:
        """One text for one turn: what was said, then the choices by number. Web links of sources stay on the web."""
        said = [body for body in bodies if body["type"] == "bot"]
        text = "\n".join(body["text"] for body in said)
        labels = [choice["label"] for body in said for choice in body.get("choices", ())]
        listed = "\n".join(f"{number} {label}" for number, label in enumerate(labels, 1))
        tail = f"\n{self._templates.reply_with(lang)}\n{listed}" if labels else ""
        if len(text) + len(tail) > segments.LONGEST:
            tail = self._templates.too_long(lang) + tail
            text = text[: segments.LONGEST - len(tail)]
            text = text[: text.rfind(" ", len(text) - 60)] if " " in text[-60:] else text
        return text + tail
