"""The outbox."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, insert, or_, select, update

from scheduling.record import CALLED_OFF, CLAIMED, DUE, EXPIRED, Message
from scheduling.sql.rows import from_row, to_row
from scheduling.sql.session import Session
from scheduling.sql.tables import message, patient

_STALE = update(message).where(message.c.status == DUE, message.c.useless_after <= bindparam("now"))
_ADD = insert(message)
_READY = or_(
    (message.c.status == DUE) & (message.c.due_at <= bindparam("now")),
    (message.c.status == CLAIMED) & (message.c.lease_until <= bindparam("now")),
)


class SqlMessages:
    """See scheduling.storage.Messages."""

    def __init__(self, session: Session) -> None:
        self._db = session

    def add(self, messages: Sequence[Message]) -> None:
        if messages:
            self._db.later(_ADD, [to_row(one) for one in messages])

    def drop_for(self, booking_id: str | None = None, course_id: str | None = None) -> None:
        about = message.c.booking_id == booking_id if booking_id else message.c.course_id == course_id
        self._db.execute(update(message).where(about, message.c.status == DUE).values(status=CALLED_OFF, text=None))

    def claim(self, now: int, limit: int, lease: str, until: int) -> list[Message]:
        self._db.execute(_STALE.values(status=EXPIRED, text=None), {"now": now})
        query = select(message.c.id).where(_READY).order_by(message.c.due_at, message.c.id).limit(limit)
        ids = [row.id for row in self._db.execute(query.with_for_update(skip_locked=True), {"now": now})]
        if not ids:
            return []
        mine = message.c.id.in_(ids)
        taken = {"status": CLAIMED, "lease": lease, "lease_until": until, "attempts": message.c.attempts + 1}
        self._db.execute(update(message).where(mine).values(taken))
        rows = self._db.execute(select(message).where(mine).order_by(message.c.due_at, message.c.id))
        return [from_row(Message, row) for row in rows]

    def get(self, message_id: str) -> Message | None:
        row = self._db.execute(select(message).where(message.c.id == message_id).with_for_update()).first()
        return from_row(Message, row) if row else None

    def save(self, value: Message) -> None:
        self._db.execute(update(message).where(message.c.id == value.id), to_row(value))

    def opt_out(self, recipient: str) -> None:
        self._db.execute(update(patient).where(patient.c.phone == recipient).values(sms_ok=0))
        unsent = message.c.status.in_((DUE, CLAIMED))
        gone = {"status": CALLED_OFF, "text": None, "lease": None}
        self._db.execute(update(message).where(message.c.recipient == recipient, unsent).values(gone))
