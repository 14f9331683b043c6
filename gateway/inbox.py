"""The inbox: every accepted message, until it is answered. Promise 2 of the architecture lives here.

A message is committed before its sender hears 202. It is taken with a lease (owner, until); the done mark, the bot's
events, their choices and a staff alert are one transaction, conditional on that lease. So whatever process dies when,
another one takes the row up and posts it again under the same message id, and what is stored is stored once.
Messages of one conversation are taken one at a time, in order of arrival.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, insert, select, update

from clinic import clock
from gateway import call_backs, choices, events, metrics
from gateway.events import Body, Locked
from gateway.message import Accepted, Incoming, MessageConflict, Turn
from gateway.notices import Notices
from gateway.replies import Offer, Reply, event_of
from gateway.schema import inbox, staff_alerts
from gateway.text import for_understanding

LEASE_SECONDS = 15.0
OPT_OUT = "opt_out"
"""The topic of the bot's reply to who wants no more texts, in whatever words."""

# Of every turn, so built once: SQLAlchemy takes longer to put a statement together than SQLite to run it.
_SEEN_BEFORE = select(inbox.c.seq, inbox.c.digest).where(
    inbox.c.conversation == bindparam("conversation"), inbox.c.client_msg_id == bindparam("mine")
)
_STORE = insert(inbox)
_TAKE = update(inbox).where(inbox.c.position == bindparam("row"))
_OPEN = (
    select(inbox)
    .where(inbox.c.conversation == bindparam("conversation"), inbox.c.done_at.is_(None))
    .order_by(inbox.c.position)
    .limit(2)
)
_DONE = update(inbox).where(inbox.c.message_id == bindparam("message"), inbox.c.done_at.is_(None))
_DONE_BY_OWNER = _DONE.where(inbox.c.lease_owner == bindparam("owner"))
_HELD = (
    select(inbox.c.position, inbox.c.text, inbox.c.received_at)
    .where(
        inbox.c.conversation == bindparam("conversation"), inbox.c.done_at.is_(None),
        inbox.c.hold_until > bindparam("now"),
    )
    .order_by(inbox.c.position.desc())
    .limit(1)
)  # fmt: skip


class Texts(Protocol):
    """Says by text message what a conversation's events say. Within the transaction that stores them."""

    def say(self, connection: Connection, held: Locked, bodies: Sequence[Body]) -> None: ...

    def phone(self, connection: Connection, conversation: str) -> str | None: ...

    def end(self, connection: Connection, held: Locked, message_id: str) -> None: ...


class Inbox:
    """What is done to the inbox, each method within the caller's transaction.

    `owner` names this process in leases; `apologise_seconds` is how long a message waits before an apology is due;
    `call_back_seconds` how long after an outage staff are asked to call.
    """

    def __init__(
        self,
        owner: str,
        notices: Notices,
        apologise_seconds: float,
        texts: Texts | None = None,
        call_back_seconds: float = 600.0,
    ) -> None:
        self._owner = owner
        self._texts = texts
        self.apologise_seconds = apologise_seconds
        self._notices = notices
        self._call_back_seconds = call_back_seconds

    def accept(self, connection: Connection, incoming: Incoming) -> Accepted:
        """Store a message; take it at once when it is the only one waiting. Raises MessageConflict."""
        held = events.lock(connection, incoming.conversation)
        if (seq := self._seen_before(connection, incoming)) is not None:
            return Accepted(seq, True)
        held = self._store(connection, held, incoming)
        return Accepted(held.last_seq, False, self._claim(connection, held))

    def accept_text(
        self, connection: Connection, held: Locked, sid: str, text: str, hold_seconds: float, safety_only: bool
    ) -> None:
        """Store a text message. One that follows another within `hold_seconds` joins it: people write in pieces."""
        now = time.time()
        waiting = connection.execute(_HELD, {"conversation": held.id, "now": now}).first()
        until = now + hold_seconds
        if waiting is None or safety_only:
            incoming = Incoming(held.id, sid, text, None)
            self._store(connection, held, incoming, hold_until=0.0 if safety_only else until, safety_only=safety_only)
            return
        said: Body = {"type": "user", "in_reply_to": sid, "text": text}
        events.append(connection, held, [said], seen_at=clock.timestamp())
        connection.execute(
            update(inbox)
            .where(inbox.c.position == waiting.position)
            .values(text=f"{waiting.text}\n{text}", hold_until=min(until, waiting.received_at + 3 * hold_seconds))
        )

    def accept_answered(self, connection: Connection, incoming: Incoming, reply: Reply) -> Accepted:
        """Store a message together with its answer, without a turn: the safety answer to what may not reach the bot."""
        held = events.lock(connection, incoming.conversation)
        if (seq := self._seen_before(connection, incoming)) is not None:
            return Accepted(seq, True)
        message_id = str(uuid.uuid4())
        held = self._store(connection, held, incoming, message_id=message_id, done_at=time.time())
        self._answer(connection, held, message_id, incoming.client_msg_id, [reply], supersede=False)
        return Accepted(held.last_seq, False)

    def claim(self, connection: Connection, conversation: str) -> Turn | None:
        """Take the oldest waiting message; None when there is none or another owner has it."""
        return self._claim(connection, events.lock(connection, conversation))

    def has_not_run(self, connection: Connection, turn: Turn) -> bool:
        """Note that the bot surely did nothing about this turn. True when the turn is over with that.

        It is over once its sender was told to call and has written again: acting on it after that would be acting
        behind their back.
        """
        held = events.lock(connection, turn.conversation)
        connection.execute(update(inbox).where(inbox.c.message_id == turn.message_id).values(may_have_run=False))
        row, *newer = self._open(connection, held)
        if row.message_id != turn.message_id or not (row.apologised and newer):
            return False
        return self._mark_done(connection, turn.message_id)

    def finish(self, connection: Connection, turn: Turn, replies: Sequence[Reply]) -> bool:
        """Store the answer and the done mark together; False, and nothing stored, when the lease is no longer ours."""
        held = events.lock(connection, turn.conversation)
        if turn.safety_only:
            # Its sender may not be texted: whatever there is to say, a person must.
            done = self._mark_done(connection, turn.message_id)
            for reply in replies if done else ():
                if reply.alert:
                    alert(connection, held, turn.message_id, f"{reply.alert.kind}_opted_out"[:40])
            return done
        topic = next((reply.topic for reply in replies if reply.topic), None)
        if not self._mark_done(connection, turn.message_id, topic=topic and topic[:80]):
            return False
        self._answer(connection, held, turn.message_id, turn.client_msg_id, replies)
        if topic == OPT_OUT and held.channel == "sms" and self._texts:
            self._texts.end(connection, held, turn.message_id)
        return True

    def waits(self, connection: Connection, conversation: str) -> bool:
        """Whether a message of the conversation still waits. Asked with the end of a turn: what comes later sees no lease."""
        return connection.execute(_OPEN, {"conversation": conversation}).first() is not None

    def give_up(self, connection: Connection, turn: Turn, kind: str) -> bool:
        """End a turn that will never be answered: the apology, once, and a note to staff."""
        held = events.lock(connection, turn.conversation)
        row = connection.execute(select(inbox.c.apologised).where(inbox.c.message_id == turn.message_id)).one()
        if not self._mark_done(connection, turn.message_id, apologised=True):
            return False
        if not (row.apologised or turn.safety_only):
            self._apologise(connection, held, turn.client_msg_id)
        alert(connection, held, turn.message_id, kind)
        return True

    def overdue(self, connection: Connection) -> bool:
        """Whether any message waits longer than its sender should go without a word."""
        return connection.execute(select(inbox.c.position).where(*_late()).limit(1)).first() is not None

    def apologise_overdue(self, connection: Connection) -> list[str]:
        """Say the fixed sentence for every message that has waited too long; returns their conversations."""
        columns = inbox.c
        late = _late()
        rows = connection.execute(
            select(columns.message_id, columns.conversation, columns.client_msg_id).where(*late).limit(100)
        ).all()
        told = []
        for row in rows:
            held = events.lock(connection, row.conversation)
            marked = connection.execute(
                update(inbox).where(columns.message_id == row.message_id, *late[:2]).values(apologised=True)
            )
            if marked.rowcount == 1:
                self._apologise(connection, held, row.client_msg_id)
                told.append(row.conversation)
        return told

    def waiting(self, connection: Connection) -> list[str]:
        """Conversations with a message that nobody has a lease on."""
        columns = inbox.c
        other = inbox.alias()
        busy = exists().where(
            other.c.conversation == columns.conversation, other.c.done_at.is_(None), other.c.lease_until > time.time()
        )
        rows = connection.execute(
            select(columns.conversation)
            .where(columns.done_at.is_(None), ~busy)
            .group_by(columns.conversation)
            .limit(500)
        )
        return [row.conversation for row in rows]

    def renew(self, connection: Connection) -> None:
        """Keep the leases of this process."""
        connection.execute(
            update(inbox)
            .where(inbox.c.lease_owner == self._owner, inbox.c.done_at.is_(None))
            .values(lease_until=time.time() + LEASE_SECONDS)
        )

    def release(self, connection: Connection, everyone: bool = False) -> None:
        """Drop the leases of this process, or of `everyone` when this process alone has the database."""
        mine = [] if everyone else [inbox.c.lease_owner == self._owner]
        connection.execute(
            update(inbox).where(inbox.c.done_at.is_(None), *mine).values(lease_owner=None, lease_until=0.0)
        )

    def forgive(self, connection: Connection) -> None:
        """After a start: whatever waited while we were down gets its full time from now, before an apology is due."""
        now = time.time()
        connection.execute(
            update(inbox)
            .where(inbox.c.done_at.is_(None), inbox.c.apologised.is_(False), inbox.c.lease_until <= now)
            .values(apologise_at=now + self.apologise_seconds)
        )

    def _seen_before(self, connection: Connection, incoming: Incoming) -> int | None:
        row = connection.execute(
            _SEEN_BEFORE, {"conversation": incoming.conversation, "mine": incoming.client_msg_id}
        ).one_or_none()
        if row is None:
            return None
        if row.digest != incoming.digest:
            raise MessageConflict
        return int(row.seq)

    def _store(self, connection: Connection, held: Locked, incoming: Incoming, **changes: Any) -> Locked:
        label = incoming.text
        if incoming.choice_id is not None:
            chosen = choices.resolve(connection, held, incoming.choice_id)
            label = chosen.label if chosen else self._notices.passed_label(held.lang)
        now = time.time()
        said: Body = {"type": "user", "in_reply_to": incoming.client_msg_id, "text": label}
        last = events.append(connection, held, [said], seen_at=clock.timestamp())
        values = {
            "message_id": str(uuid.uuid4()),
            "conversation": held.id,
            "client_msg_id": incoming.client_msg_id,
            "digest": incoming.digest,
            "text": incoming.text,
            "choice_id": incoming.choice_id,
            "seq": last,
            "received_at": now,
            "announced": False,
            "lease_until": 0.0,
            "may_have_run": False,
            "apologise_at": now + self.apologise_seconds,
            "apologised": False,
        }
        connection.execute(_STORE, values | changes)
        return held._replace(last_seq=last)

    def _claim(self, connection: Connection, held: Locked) -> Turn | None:
        while True:
            row, *newer = self._open(connection, held) or [None]
            if row is None or max(row.lease_until, row.hold_until) > time.time():
                return None
            if row.apologised and not row.may_have_run and newer:
                self._mark_done(connection, row.message_id, owned=False)
                continue
            payload = None
            if row.choice_id is not None:
                chosen = choices.resolve(connection, held, row.choice_id)
                if chosen is None or not (chosen.live or row.may_have_run):
                    held = self._ask_again(connection, held, row)
                    continue
                payload = chosen.payload
            elif held.channel == "sms" and not row.safety_only:
                payload = choices.spoken(connection, held, row.text)
            taken = {
                "lease_owner": self._owner,
                "lease_until": time.time() + LEASE_SECONDS,
                "announced": True,
                "may_have_run": True,  # said before the post: a process that dies in between must not forget it
            }
            connection.execute(_TAKE, {"row": row.position, **taken})
            if not (row.announced or row.safety_only):
                events.append(connection, held, [events.status("typing", row.client_msg_id)])
            return Turn(
                message_id=row.message_id,
                conversation=held.id,
                client_msg_id=row.client_msg_id,
                channel=held.channel,
                lang=held.lang,
                text=for_understanding(row.text) if payload is None else None,
                payload=payload,
                may_have_run=row.may_have_run,
                waits_since=row.received_at,
                phone=self._texts.phone(connection, held.id) if held.channel == "sms" and self._texts else None,
                safety_only=row.safety_only,
            )

    def _open(self, connection: Connection, held: Locked) -> list[Any]:
        """The two oldest messages that still wait."""
        return list(connection.execute(_OPEN, {"conversation": held.id}))

    def _ask_again(self, connection: Connection, held: Locked, row: Any) -> Locked:
        """Answer a stale or foreign choice: say so, and ask the last open question again, under its own choices."""
        said: Body = {
            "type": "bot",
            "in_reply_to": row.client_msg_id,
            "lang": held.lang or "en",
            "text": self._notices.choice_passed(held.lang),
        }
        bodies = [said]
        if question := choices.last_question(connection, held):
            bodies.append(question | {"in_reply_to": row.client_msg_id})
        bodies.append(events.status("idle", row.client_msg_id))
        self._mark_done(connection, row.message_id, owned=False)
        return held._replace(last_seq=events.append(connection, held, bodies))

    def _mark_done(self, connection: Connection, message_id: str, *, owned: bool = True, **changes: Any) -> bool:
        values = {"message": message_id, "done_at": time.time(), **changes}
        done = connection.execute(*((_DONE_BY_OWNER, values | {"owner": self._owner}) if owned else (_DONE, values)))
        return done.rowcount == 1

    def _answer(
        self,
        connection: Connection,
        held: Locked,
        message_id: str,
        in_reply_to: str,
        replies: Sequence[Reply],
        supersede: bool = True,
    ) -> None:
        bodies: list[Body] = []
        offered: list[tuple[int, Offer]] = []
        number = 1
        for seq, reply in enumerate(replies, held.last_seq + 1):
            body, offers = event_of(reply, in_reply_to, number)
            number += len(body.get("choices", ()))
            bodies.append(body)
            offered += [(seq, offer) for offer in offers]
            if reply.alert:
                alert(connection, held, message_id, reply.alert.kind)
        bodies.append(events.status("idle", in_reply_to))
        # A safety answer beside the talk leaves the open question, and its choices, as they were.
        changes = {"last_turn": message_id, "lang": replies[-1].lang} if supersede else {}
        events.append(connection, held, bodies, **changes)
        self._text(connection, held._replace(lang=replies[-1].lang), bodies)
        choices.remember(connection, held.id, message_id, offered)
        call_backs.keep(connection, held.id, replies, self._call_back_seconds)

    def _apologise(self, connection: Connection, held: Locked, in_reply_to: str) -> None:
        said: Body = {
            "type": "bot",
            "in_reply_to": in_reply_to,
            "lang": held.lang or "en",
            "text": self._notices.apology(held.lang),
        }
        events.append(connection, held, [said, events.status("idle", in_reply_to)])
        self._text(connection, held, [said])

    def _text(self, connection: Connection, held: Locked, bodies: Sequence[Body]) -> None:
        if held.channel == "sms" and self._texts:
            self._texts.say(connection, held, bodies)


def alert(connection: Connection, held: Locked, message_id: str | None, kind: str) -> None:
    """A person must know: stored with what was said to the patient, or not at all."""
    connection.execute(
        insert(staff_alerts).values(
            id=str(uuid.uuid4()),
            conversation=held.id,
            message_id=message_id,
            kind=kind,
            channel=held.channel,
            created_at=clock.timestamp(),
        )
    )
    metrics.alerted(kind)


def _late() -> tuple[ColumnElement[bool], ...]:
    return (
        inbox.c.done_at.is_(None),
        inbox.c.apologised.is_(False),
        inbox.c.apologise_at <= time.time(),
        inbox.c.safety_only.is_(False),
    )


def open_count(connection: Connection) -> int:
    """How many messages wait for an answer."""
    return connection.execute(select(func.count()).select_from(inbox).where(inbox.c.done_at.is_(None))).scalar_one()
