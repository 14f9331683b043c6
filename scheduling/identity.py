"""Who somebody is: match, one-time code to the contact on file, a token for some minutes.

Nothing tells whether a record exists: a match that fits nobody is answered, sends its "code" and refuses every try like one that
fits, with the same writes. Limits: SENDS codes an hour and FAILURES wrong codes a day per person, across conversations.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from scheduling import person, wording
from scheduling.caller import STRANGER, Caller
from scheduling.office import Office, new_id
from scheduling.person import STAFF, Details, Patient
from scheduling.problem import BadRequest, TryLater
from scheduling.record import DUE, VOID, Message
from scheduling.storage import Book, Match, Token
from scheduling.timing import iso

MATCH_SECONDS = 30 * 60
CODE_SECONDS = 5 * 60
TOKEN_SECONDS = 10 * 60
TRIES = 5
SENDS, HOUR = 3, 3600
FAILURES, DAY = 10, 86400

EXACT, NONE, AMBIGUOUS = "exact", "none", "ambiguous"


@dataclass(frozen=True)
class Matched:
    """`outcome` is for the caller's own course (ambiguous: to staff) and must not show in what a patient is told."""

    match_id: str
    outcome: str
    expires_at: int
    patient_token: str | None
    token_expires_at: int | None

    def body(self) -> dict[str, Any]:
        until = iso(self.token_expires_at) if self.token_expires_at else None
        return {
            "match_id": self.match_id,
            "outcome": self.outcome,
            "expires_at": iso(self.expires_at),
            "patient_token": self.patient_token,
            "token_expires_at": until,
        }


def match(office: Office, details: Details, conversation: str | None, sender_phone: str | None) -> Matched:
    """Find the person of these details. `sender_phone`: the number an SMS came from, which proves possession of it."""

    def work(book: Book) -> Matched:
        outcome, ids = resolve(details, book.patients.by_phone(details.phone))
        said = f"{details.phone} {details.date_of_birth} {person.folded(details.name)}"
        subject = office.seal("subject", ids[0] if ids else said)
        now = office.now()
        made = Match(new_id(), subject, ids, conversation, None, None, 0, now, now + MATCH_SECONDS)
        book.identities.add_match(made)
        proved = bool(ids) and sender_phone is not None and person.number(sender_phone) == details.phone
        if not proved:
            return Matched(made.id, outcome, made.expires_at, None, None)
        token, until = _new_token(office, book, made)
        return Matched(made.id, outcome, made.expires_at, token, until)

    return office.storage.write(work)


def resolve(details: Details, of_this_phone: Sequence[Patient]) -> tuple[str, tuple[str, ...]]:
    """`exact` with the records of one person, `none`, or `ambiguous` (two people on one phone who might be meant)."""
    said = set(person.folded(details.name).split())
    same_day = [one for one in of_this_phone if one.date_of_birth == details.date_of_birth]
    named = [(one, set(person.folded(one.name).split())) for one in same_day]
    fit = [one for one, name in named if name == said]
    fit = fit or [one for one, name in named if min(len(name & said), 2) == 2 and (name <= said or said <= name)]
    if not fit:
        return NONE, ()
    if len({person.folded(one.name) for one in fit}) > 1:
        return AMBIGUOUS, ()
    return EXACT, tuple(one.id for one in sorted(fit, key=lambda one: (one.origin != STAFF, one.created_at)))


def send_code(office: Office, match_id: str, language: str) -> int:
    """Send a one-time code to the contact on file; returns when it ends. Raises match_expired, too_many_codes."""

    def work(book: Book) -> int | Exception:
        now = office.now()
        found = book.identities.get_match(match_id)
        if found is None or found.expires_at <= now:
            return match_expired()
        if book.identities.count(found.subject, "failed", now - DAY) >= FAILURES:
            return too_many_codes(office.phone)
        if book.identities.count(found.subject, "sent", now - HOUR) >= SENDS:
            return too_many_codes(office.phone)
        code = f"{secrets.randbelow(10**6):06}"
        until = now + CODE_SECONDS
        sealed = office.seal("code", f"{match_id} {code}")
        book.identities.save_match(replace(found, code_hash=sealed, code_expires_at=until, tries=0))
        book.identities.note(found.subject, "sent", now)
        book.messages.add([_code_message(office, book, found, code, language, until)])
        patient_id = found.patient_ids[0] if found.patient_ids else None
        book.audit.note(now, "visitor", "send_code", match_id, patient_id, {})
        return until

    return _value(office.storage.write(work))


def check_code(office: Office, match_id: str, code: str) -> tuple[str, int]:
    """A patient token and its end for the right code. Raises match_expired, code_invalid, too_many_codes."""

    def work(book: Book) -> tuple[str, int] | Exception:
        now = office.now()
        found = book.identities.get_match(match_id)
        if found is None or found.expires_at <= now:
            return match_expired()
        if book.identities.count(found.subject, "failed", now - DAY) >= FAILURES:
            return too_many_codes(office.phone)
        right = office.fits("code", f"{match_id} {code}", found.code_hash or "-")
        alive = (found.code_expires_at or 0) > now and found.tries < TRIES
        if not (right and alive and found.patient_ids):
            book.identities.save_match(replace(found, tries=found.tries + 1))
            book.identities.note(found.subject, "failed", now)
            return code_invalid(office.phone)
        book.identities.save_match(replace(found, code_hash=None, code_expires_at=None))
        book.audit.note(now, "patient", "verify", match_id, found.patient_ids[0], {})
        return _new_token(office, book, found)

    return _value(office.storage.write(work))


def caller(office: Office, token: str | None, conversation: str | None = None) -> Caller:
    """Whoever brings a Patient-Token; with a wrong, expired or foreign one, nobody we know."""
    if not token or len(token) > 200:
        return STRANGER
    seals = office.seals("token", token)
    found = office.storage.read(lambda book: next(filter(None, map(book.identities.get_token, seals)), None))
    if found is None or found.expires_at <= office.now():
        return STRANGER
    if conversation and found.conversation and conversation != found.conversation:
        return STRANGER
    return Caller(found.patient_ids)


def match_expired() -> BadRequest:
    return BadRequest(
        "match_expired",
        "That took a little long. Please give your name, date of birth and phone number again.",
        "Pasó demasiado tiempo. Escriba de nuevo su nombre, fecha de nacimiento y teléfono.",
        410,
    )


def code_invalid(phone: str) -> BadRequest:
    return BadRequest(
        "code_invalid",
        f"That code is not right, or it has expired. Please check it, ask for a new one, or call us at {phone}.",
        f"El código no es correcto o ya venció. Revíselo, pida uno nuevo o llámenos al {phone}.",
    )


def too_many_codes(phone: str) -> TryLater:
    return TryLater(
        "too_many_codes",
        f"There were too many codes or tries. Please try again later, or call us at {phone}.",
        f"Hubo demasiados códigos o intentos. Inténtelo más tarde o llámenos al {phone}.",
        429,
    )


def _new_token(office: Office, book: Book, found: Match) -> tuple[str, int]:
    token, until = secrets.token_urlsafe(32), office.now() + TOKEN_SECONDS
    book.identities.add_token(Token(office.seal("token", token), found.patient_ids, found.conversation, until))
    return token, until


def _code_message(office: Office, book: Book, found: Match, code: str, language: str, until: int) -> Message:
    """The code's message; for a match that fits nobody one that is never sent, so that both take as long."""
    patient = book.patients.get(found.patient_ids[0] if found.patient_ids else found.id)
    now = office.now()
    return Message(
        new_id(),
        "code",
        "patient",
        patient.phone if patient else None,
        language,
        wording.code(office.clinic, language, code) if patient else None,
        now,
        until,
        now,
        patient_id=patient.id if patient else None,
        status=DUE if patient else VOID,
    )


def _value[T](outcome: T | Exception) -> T:
    """Failures are counted in the transaction that finds them, so they are raised only after it was kept."""
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
