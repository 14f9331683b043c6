"""What people do: call somebody back, look at an alert. Records with states, and a word to staff for each."""

from __future__ import annotations

from typing import Any

from scheduling import notice, sentences
from scheduling.idempotency import Request, maybe_once
from scheduling.office import Office, new_id
from scheduling.record import Alert, Callback
from scheduling.storage import Book
from scheduling.timing import iso

CALLBACK_STATES = ("open", "called", "closed")
ALERT_STATES = ("open", "acknowledged")


def call_back(
    office: Office,
    who: tuple[str, str],
    reason: str,
    best_time: str | None,
    language: str,
    conversation: str | None,
    request: Request,
) -> dict[str, Any]:
    """Keep a wish to be called. `who`: name and E.164 number."""

    def work(book: Book) -> tuple[dict[str, Any], None]:
        now = office.now()
        made = Callback(new_id(), *who, reason, best_time, language, conversation, "open", now, now)
        book.records.add_callback(made)
        book.audit.note(now, "visitor", "call_back", made.id, None, {"reason": reason})
        notice.staff(office, book, "callback", made.id)
        return {"callback_id": made.id, "status": made.status}, None

    return maybe_once(office, request, work)


def raise_alert(office: Office, kind: str, subject: str | None, request: Request) -> dict[str, Any]:
    """Keep something that staff must see."""

    def work(book: Book) -> tuple[dict[str, Any], None]:
        now = office.now()
        made = Alert(new_id(), kind, subject, "open", now, now)
        book.records.add_alert(made)
        book.audit.note(now, "system", "alert", made.id, None, {"kind": kind})
        notice.staff(office, book, "alert", made.id)
        return alert_body(made), None

    return maybe_once(office, request, work)


def alerts(office: Office, status: str | None) -> list[dict[str, Any]]:
    """Oldest first."""
    return [alert_body(one) for one in office.storage.read(lambda book: book.records.alerts(status))]


def acknowledge(office: Office, alert_id: str) -> None:
    """A person has seen an alert. Raises not_found."""

    def work(book: Book) -> bool:
        known = book.records.set_alert(alert_id, "acknowledged", office.now())
        if known:
            book.audit.note(office.now(), "staff", "acknowledge", alert_id, None, {})
        return known

    if not office.storage.write(work):
        raise sentences.not_found()


def set_callback(office: Office, callback_id: str, status: str) -> None:
    """Staff called, or closed it. Raises not_found."""
    if not office.storage.write(lambda book: book.records.set_callback(callback_id, status, office.now())):
        raise sentences.not_found()


def alert_body(one: Alert) -> dict[str, Any]:
    return {
        "alert_id": one.id,
        "kind": one.kind,
        "subject": one.subject,
        "status": one.status,
        "created_at": iso(one.created_at),
    }
