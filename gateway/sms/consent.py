"""Who may be sent a text: our own suppression list, the first gate before every send, and the record of consent.

One opt-out covers every location of the clinic and every purpose (the FCC's "revoke all", chosen ahead of its date).
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from clinic import clock
from gateway.schema import consents, outbox, suppressions
from gateway.sms.templates import WORDING

CARE = "care"
# Made once: building a statement costs more than running it, and these run for every text.
_SUPPRESSED = select(suppressions.c.reason).where(suppressions.c.number_hash == bindparam("number_hash"))
_KNOWN = select(consents.c.position).where(consents.c.number_hash == bindparam("number_hash")).limit(1)
_AGREED = select(consents.c.position).where(
    consents.c.number_hash == bindparam("number_hash"), consents.c.action == "granted",
    consents.c.method == bindparam("method"), consents.c.wording == bindparam("wording"), consents.c.at == bindparam("at"),
).limit(1)  # fmt: skip
_RECORD = insert(consents)


def is_suppressed(connection: Connection, number_hash: str) -> bool:
    return connection.execute(_SUPPRESSED, {"number_hash": number_hash}).first() is not None


def suppress(connection: Connection, number_hash: str, reason: str, source: str) -> bool:
    """No more texts to this number, and none of those that wait. False when that was so already.

    `reason`: opt_out, carrier (Twilio said 21610) or unreachable. `source`: the id of the message that brought it.
    """
    # Not the confirmation of the opt-out itself: that one text is owed.
    waiting = (outbox.c.number_hash == number_hash, outbox.c.state == "waiting", outbox.c.kind != "opt_out")
    connection.execute(update(outbox).where(*waiting).values(state="suppressed", done_at=clock.timestamp(), body=None))
    if is_suppressed(connection, number_hash):
        return False
    now = clock.timestamp()
    connection.execute(insert(suppressions).values(number_hash=number_hash, reason=reason, since=now))
    if reason != "unreachable":
        _record(connection, number_hash, "revoked", "text" if reason == "opt_out" else "carrier", source)
    return True


def allow(connection: Connection, number_hash: str, method: str, source: str) -> bool:
    """Texts are welcome again. True when they were not before."""
    removed = connection.execute(delete(suppressions).where(suppressions.c.number_hash == number_hash)).rowcount > 0
    _record(connection, number_hash, "granted", method, source)
    return removed


def note_first(connection: Connection, number_hash: str, method: str, source: str) -> None:
    """Record consent once: who texts us first expects an answer there."""
    if connection.execute(_KNOWN, {"number_hash": number_hash}).first() is None:
        _record(connection, number_hash, "granted", method, source)


def agreed(connection: Connection, number_hash: str, method: str, wording: str, source: str, at: float) -> None:
    """Keep the proof of a yes that scheduling tells of, once: `at` is when it was given, `wording` which words it answered."""
    if (
        connection.execute(
            _AGREED, {"number_hash": number_hash, "method": method, "wording": wording, "at": at}
        ).first()
        is None
    ):
        _record(connection, number_hash, "granted", method, source, wording, at)


def _record(
    connection: Connection, number_hash: str, action: str, method: str, source: str, wording: str = WORDING,
    at: float | None = None,
) -> None:  # fmt: skip
    connection.execute(
        _RECORD,
        {
            "number_hash": number_hash,
            "action": action,
            "purpose": CARE,
            "method": method,
            "wording": wording,
            "source": source[:64],
            "at": clock.timestamp() if at is None else at,
        },
    )
