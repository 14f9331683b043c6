"""Whether somebody may be sent text messages: what a visitor answered to the question that asks for nothing else.

A booking gives a number to be called on; texts to it need a yes of their own, kept with the version of the words and the time. Who
wrote from that very number has given it (see scheduling.appointment.visitor). An opt-out stands above every yes: the gateway,
which knows them, refuses.
"""

from __future__ import annotations

from dataclasses import replace

from scheduling import notice, person, sentences
from scheduling.office import Office
from scheduling.person import BY_TEXT, IN_CHAT, VISITOR, Patient
from scheduling.storage import Book


def of_this_talk(book: Book, conversation: str | None, number: str) -> Patient | None:
    """The record that holds what was answered about this number in this conversation; None while nothing was."""
    known = book.patients.of_conversation(conversation) if conversation else []
    return next((one for one in reversed(known) if one.phone == number and one.sms_method == IN_CHAT), None)


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
            new = replace(one, sms_ok=True, sms_method=BY_TEXT, sms_wording=None, sms_at=now)
            book.patients.save(new)
            book.audit.note(now, "patient", "resume_texts", one.id, one.id, {})
            notice.resumed(office, book, new)

    office.storage.write(work)


def _keep(office: Office, book: Book, one: Patient, wanted: bool, wording: str) -> None:
    now = office.now()
    new = replace(one, sms_ok=wanted, sms_method=IN_CHAT, sms_wording=wording, sms_at=now)
    book.patients.save(new)
    action = "allow_texts" if wanted else "decline_texts"
    book.audit.note(now, "visitor", action, one.id, one.id, {"wording": wording})
    for visit in book.bookings.of_patients([one.id]):
        if not wanted:
            book.messages.drop_for(booking_id=visit.id)
        elif visit.open:
            notice.booked(office, book, visit)
