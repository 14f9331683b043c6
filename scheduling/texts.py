"""Whether somebody may be sent text messages: what a visitor answered to the question that asks for nothing else.

A booking gives a number to be called on; texts to it need a yes of their own, kept with the version of the words and the time. Who
wrote from that very number has given it. An opt-out stands above every yes: the gateway, which knows them, refuses.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scheduling import notice, person, sentences
from scheduling.office import Office
from scheduling.person import BY_TEXT, IN_CHAT, VISITOR, Patient
from scheduling.storage import Book


def of_visitor(office: Office, book: Book, number: str, sender: str | None, conversation: str | None) -> dict[str, Any]:
    """What a visitor's new record says of texts, as fields of Patient: they write from this number, or answered in this conversation."""
    if sender == number:
        return _said(True, BY_TEXT, None, office.now())
    known = book.patients.of_conversation(conversation) if conversation else []
    before = next((one for one in reversed(known) if one.phone == number and one.sms_method == IN_CHAT), None)
    return (
        _said(before.sms_ok, IN_CHAT, before.sms_wording, before.sms_at) if before else _said(False, None, None, None)
    )


def settled(patient: Patient | None) -> bool | None:
    """Whether somebody is sent text messages; None while nobody has asked them."""
    return patient.sms_ok if patient and patient.sms_method else None


def answered(office: Office, conversation: str, phone: str, wanted: bool, wording: str) -> None:
    """Keep the answer for the visitor who gave this number in this conversation, and add or call off what is due to them.

    Saying it twice is fine. Raises invalid_patient, and not_found when nobody gave the number there.
    """
    number = person.number(phone)

    def work(book: Book) -> bool:
        found = [
            one for one in book.patients.of_conversation(conversation) if one.origin == VISITOR and one.phone == number
        ]
        for one in found:
            if one.sms_method is None or one.sms_ok != wanted:
                _keep(office, book, one, wanted, wording)
        return bool(found)

    if not office.storage.write(work):
        raise sentences.not_found()


def resumed(office: Office, phone: str) -> None:
    """Somebody texted START from this number: whoever has it gets texts again, and the reminders that are still to come."""
    number = person.number(phone)

    def work(book: Book) -> None:
        now = office.now()
        for one in book.patients.by_phone(number):
            if one.sms_ok:
                continue
            new = replace(one, **_said(True, BY_TEXT, None, now))
            book.patients.save(new)
            book.audit.note(now, "patient", "resume_texts", one.id, one.id, {})
            notice.resumed(office, book, new)

    office.storage.write(work)


def _said(wanted: bool, method: str | None, wording: str | None, at: int | None) -> dict[str, Any]:
    return {"sms_ok": wanted, "sms_method": method, "sms_wording": wording, "sms_at": at}


def _keep(office: Office, book: Book, one: Patient, wanted: bool, wording: str) -> None:
    now = office.now()
    new = replace(one, **_said(wanted, IN_CHAT, wording, now))
    book.patients.save(new)
    action = "allow_texts" if wanted else "decline_texts"
    book.audit.note(now, "visitor", action, one.id, one.id, {"wording": wording})
    for visit in book.bookings.of_patients([one.id]):
        if not wanted:
            book.messages.drop_for(booking_id=visit.id)
        elif visit.open:
            notice.booked(office, book, visit)
