"""Handing due messages out: claimed under a lease, then reported as sent or failed. At most ATTEMPTS tries with back-off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scheduling import sentences
from scheduling.office import Office, new_id
from scheduling.person import Patient
from scheduling.problem import Conflict
from scheduling.record import CLAIMED, DUE, FAILED, SENT, Message
from scheduling.storage import Book
from scheduling.timing import iso

ATTEMPTS = 6
CODE = "code"
FIRST_WAIT = 60
"""Seconds before the second try; four times as long before each one after."""


def claim(office: Office, limit: int, lease_seconds: int) -> list[dict[str, Any]]:
    """Up to `limit` messages that are due, oldest first; whoever claims them reports within the lease."""
    now, lease = office.now(), new_id()

    def work(book: Book) -> list[dict[str, Any]]:
        taken = book.messages.claim(now, limit, lease, now + lease_seconds)
        return [_body(one, book.patients.get(one.patient_id) if one.patient_id else None) for one in taken]

    return office.storage.write(work)


def sent(office: Office, message_id: str, lease: str) -> None:
    """The message went out. Saying it twice is fine. Raises not_found, lease_lost."""

    def work(book: Book) -> None:
        found = _leased(book, message_id, lease)
        if found.status == CLAIMED:
            book.messages.save(replace(found, status=SENT, text=None, lease_until=None))

    office.storage.write(work)


def failed(office: Office, message_id: str, lease: str, error: str, retryable: bool, opted_out: bool) -> str:
    """The message did not go out: tried again later, or given up. Returns the new status. Raises not_found, lease_lost.

    `opted_out`: the number refuses our messages (Twilio 21610): it gets no more of them.
    """

    def work(book: Book) -> str:
        found = _leased(book, message_id, lease)
        if found.status != CLAIMED:
            return found.status
        now = office.now()
        again = now + FIRST_WAIT * 4 ** (found.attempts - 1)
        last = opted_out or not retryable or found.attempts >= ATTEMPTS or again >= found.useless_after
        if last:
            new = replace(found, status=FAILED, text=None, error=error[:64], lease_until=None)
        else:
            new = replace(found, status=DUE, error=error[:64], lease_until=None, due_at=again)
        book.messages.save(new)
        if opted_out and found.recipient:
            book.messages.opt_out(found.recipient)
        return new.status

    return office.storage.write(work)


def _leased(book: Book, message_id: str, lease: str) -> Message:
    found = book.messages.get(message_id)
    if found is None:
        raise sentences.not_found()
    if found.lease != lease:
        raise Conflict("lease_lost", "Somebody else has this message now.", "Otra persona tiene este mensaje.", 409)
    return found


def _body(one: Message, patient: Patient | None) -> dict[str, Any]:
    return {
        "message_id": one.id,
        "kind": one.kind,
        "audience": one.audience,
        "to": one.recipient,
        "language": one.language,
        "text": one.text,
        "lease": one.lease,
        "lease_until": iso(one.lease_until or 0),
        "useless_after": iso(one.useless_after),
        "attempt": one.attempts,
        "appointment_id": one.booking_id,
        "consent": None if patient is None or one.kind == CODE else _consent(patient),
    }


def _consent(patient: Patient) -> dict[str, Any] | None:
    if not (patient.sms_ok and patient.sms_method):
        return None
    at = iso(patient.sms_at or patient.created_at)
    return {"method": patient.sms_method, "wording": patient.sms_wording, "at": at}
