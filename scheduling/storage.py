"""The one seam between the rules and whatever keeps the data.

The use cases know storage only through these protocols: a transaction is a function from a `Book` to a value. Our own tables
are `scheduling.sql`; another engine (a clinic's FHIR server) may later stand in for `Book.bookings` while the rest stays.
`Capabilities` says what an engine can do, so that nobody promises more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from scheduling.booking import Booking, Busy
from scheduling.person import Patient
from scheduling.record import Alert, Authorisation, Callback, Course, Message, Offer, Waiting


class Clash(Exception):
    """A write met another writer: a taken cell, a changed row, a lost connection. The transaction is run again."""


@dataclass(frozen=True)
class Capabilities:
    """What the engine can do. `booking_mode`: `instant` (booked when we say so) or `request` (the clinic answers later)."""

    engine: str
    booking_mode: str = "instant"
    holds: bool = True
    atomic_reschedule: bool = True
    atomic_courses: bool = True
    waitlist: bool = True
    patient_create: bool = True


class Bookings(Protocol):
    """Holds, appointments and the cells they claim."""

    def busy(self, first: int, end: int, now: int) -> Busy:
        """What keeps resources busy in [first, end): live bookings, without holds expired at `now`, and absences."""

    def get(self, booking_id: str, lock: bool = False) -> Booking | None:
        """One booking; `lock` keeps other writers out until the transaction ends."""

    def add(self, booking: Booking) -> None:
        """Write a booking with its claims. Raises Clash when one of its cells is taken."""

    def add_all(self, bookings: Sequence[Booking]) -> None:
        """Write many at once, all or none."""

    def replan(self, changes: Sequence[tuple[Booking, Booking]]) -> None:
        """Change many at once; their old cells are free for each other's new ones."""

    def save(self, old: Booking, new: Booking) -> None:
        """Change a booking and its claims. Raises Clash when it is no longer as `old` says or a new cell is taken."""

    def lapsed(self, now: int, first: int | None = None, end: int | None = None) -> list[Booking]:
        """Holds past their end that still own cells, overlapping [first, end) when given."""

    def held_by(self, conversation: str) -> list[Booking]:
        """The holds of a conversation that still own cells."""

    def of_patients(self, patient_ids: Sequence[str]) -> list[Booking]:
        """All appointments of these patients, in order of time."""

    def open_count(self, now_cell: int, phone: str | None = None, conversation: str | None = None) -> int:
        """Open future visits that were booked unverified with this phone number, or in this conversation."""

    def between(self, first: int, end: int, location: str | None = None) -> list[Booking]:
        """All live appointments that overlap [first, end), in order of time."""

    def drop_claims(self, before: int) -> int:
        """Give up the claims of visits that ended before a cell: nobody can book there any more. Returns their number."""

    def of_course(self, course_id: str) -> list[Booking]:
        """The appointments of a course, cancelled ones too, in order of time."""


class Patients(Protocol):
    def add(self, patient: Patient) -> None: ...

    def get(self, patient_id: str) -> Patient | None: ...

    def by_phone(self, phone: str) -> list[Patient]: ...

    def of_conversation(self, conversation: str) -> list[Patient]:
        """For whom something was booked, or who joined the waitlist, in this conversation."""

    def save(self, patient: Patient) -> None: ...


@dataclass(frozen=True)
class Answer:
    """The stored answer of a request that carried an Idempotency-Key."""

    request_hash: str
    status: int
    body: dict[str, Any]
    booking_id: str | None


class Answers(Protocol):
    """Answers already given, by Idempotency-Key."""

    def get(self, key: str) -> Answer | None: ...

    def take(self, key: str, request_hash: str, now: int) -> Answer | None:
        """Take the key for this transaction: None, or the answer that it already has. Who comes second waits for the first."""

    def finish(self, key: str, answer: Answer) -> None: ...


class Closures(Protocol):
    """Days off that staff entered, beside those of clinic.yml. `location` None: all of them."""

    def on(self, first: date, last: date) -> set[tuple[date, str | None]]: ...

    def close(self, day: date, location: str | None, reason: str | None) -> None: ...

    def open(self, day: date, location: str | None) -> bool:
        """Take a closure back; False when there was none."""

    def listed(self) -> list[tuple[date, str | None, str | None]]: ...

    def send_away(self, absence_id: str, resource: str, first: int, end: int, reason: str | None) -> None:
        """A resource is away in the cells [first, end)."""

    def bring_back(self, absence_id: str) -> bool: ...

    def away(self) -> list[tuple[str, str, int, int, str | None]]: ...


@dataclass(frozen=True)
class Match:
    """Somebody said who they are. `subject` stands for that person in limits; `patient_ids` is empty when nobody fits."""

    id: str
    subject: str
    patient_ids: tuple[str, ...]
    conversation: str | None
    code_hash: str | None
    code_expires_at: int | None
    tries: int
    created_at: int
    expires_at: int


@dataclass(frozen=True)
class Token:
    """A verified person for some minutes. Only the seal of the token itself is stored."""

    hash: str
    patient_ids: tuple[str, ...]
    conversation: str | None
    expires_at: int


class Identities(Protocol):
    """Matches, one-time codes and tokens."""

    def add_match(self, match: Match) -> None: ...

    def get_match(self, match_id: str) -> Match | None:
        """Locked until the transaction ends, so that tries are counted one by one."""

    def save_match(self, match: Match) -> None: ...

    def note(self, subject: str, kind: str, at: int) -> None:
        """Count a code `sent` to, or `failed` by, a subject."""

    def count(self, subject: str, kind: str, since: int) -> int: ...

    def add_token(self, token: Token) -> None: ...

    def get_token(self, token_hash: str) -> Token | None: ...


class Audit(Protocol):
    def note(
        self, at: int, actor: str, action: str, subject: str, patient_id: str | None, detail: dict[str, Any]
    ) -> None:
        """Append one line of who did what to what; ids and times only, never names, numbers or texts."""

    def about(self, subject: str) -> list[dict[str, Any]]:
        """All lines about a patient, a visit or a course, oldest first."""


class Messages(Protocol):
    """The outbox."""

    def add(self, messages: Sequence[Message]) -> None: ...

    def drop_for(self, booking_id: str | None = None, course_id: str | None = None) -> None:
        """Call off what is not sent yet about a visit or a course (codes and offers are about neither)."""

    def claim(self, now: int, limit: int, lease: str, until: int) -> list[Message]:
        """Take due messages under a lease; those of a lease that ran out too. No two callers get the same one."""

    def get(self, message_id: str) -> Message | None: ...

    def save(self, message: Message) -> None: ...

    def opt_out(self, recipient: str) -> None:
        """Never write to this number again: its records are marked, its unsent messages called off."""


class Courses(Protocol):
    """Authorisations by staff, and the courses booked within them."""

    def add_authorisation(self, value: Authorisation) -> None: ...

    def authorisations(self, patient_ids: Sequence[str], service: str) -> list[Authorisation]:
        """Those not withdrawn, oldest first, locked until the transaction ends so that sessions are counted one by one."""

    def authorisation(self, authorisation_id: str) -> Authorisation | None: ...

    def used(self, authorisation_id: str) -> int:
        """Sessions booked or delivered; called-off and missed ones do not count."""

    def add(self, course: Course) -> None: ...

    def get(self, course_id: str) -> Course | None:
        """Locked until the transaction ends."""

    def of_patients(self, patient_ids: Sequence[str]) -> list[Course]: ...

    def save(self, course: Course) -> None: ...


class Waitlist(Protocol):
    """People who wait for a time, and what they were offered."""

    def add(self, value: Waiting) -> None: ...

    def get(self, waiting_id: str) -> Waiting | None: ...

    def save(self, value: Waiting) -> None: ...

    def in_line(self, limit: int) -> list[Waiting]:
        """Those who wait and may be sent offers, first come first."""

    def of_patients(self, patient_ids: Sequence[str]) -> list[Waiting]: ...

    def waits(self, phone: str, date_of_birth: date, service: str) -> list[Waiting]:
        """What a person waits for or was offered, of one kind of visit."""

    def offers_to(self, waiting_id: str) -> list[Offer]: ...

    def add_offer(self, value: Offer) -> None: ...

    def get_offer(self, offer_id: str) -> Offer | None: ...

    def save_offer(self, value: Offer) -> None: ...

    def offers_of(self, booking_id: str) -> list[Offer]:
        """All offers of one held time, locked until the transaction ends."""

    def open_offers(self, phone: str | None = None, over_at: int | None = None) -> list[Offer]:
        """Open offers: to the person of a phone number, or those that are over at a time."""

    def offered(self, waiting_id: str) -> set[tuple[str, int]]:
        """(location, first cell) of every time that was already offered to somebody."""


class Records(Protocol):
    """Call-back requests and staff alerts."""

    def add_callback(self, value: Callback) -> None: ...

    def callbacks(self, status: str | None) -> list[Callback]: ...

    def set_callback(self, callback_id: str, status: str, now: int) -> bool: ...

    def add_alert(self, value: Alert) -> None: ...

    def alerts(self, status: str | None) -> list[Alert]: ...

    def set_alert(self, alert_id: str, status: str, now: int) -> bool: ...

    def sweep(self, now: int) -> None:
        """Throw away answers, matches, codes and tokens that are past their time."""

    def forget(self, patient_id: str, phone: str) -> None:
        """Take a person's texts, matches, tokens and call-backs away."""

    def drop_settled(self, before: int) -> int:
        """Delete call-backs and alerts that staff settled before a time, and the addresses of messages made before it.

        Returns the number of call-backs. What is still open stays, however old: somebody waits.
        """

    def stale_visitors(self, before: int) -> list[str]:
        """Records typed by visitors before a time, with no open visit and nothing waited for since."""


class Book(Protocol):
    """Everything a use case may touch inside one transaction."""

    def one_at_a_time(self, name: str) -> None:
        """Other transactions that name the same thing wait here until this one ends."""

    @property
    def bookings(self) -> Bookings: ...

    @property
    def patients(self) -> Patients: ...

    @property
    def answers(self) -> Answers: ...

    @property
    def closures(self) -> Closures: ...

    @property
    def identities(self) -> Identities: ...

    @property
    def messages(self) -> Messages: ...

    @property
    def courses(self) -> Courses: ...

    @property
    def waitlist(self) -> Waitlist: ...

    @property
    def records(self) -> Records: ...

    @property
    def audit(self) -> Audit: ...


class Storage(Protocol):
    """Transactions over a Book."""

    @property
    def capabilities(self) -> Capabilities: ...

    def read[T](self, work: Callable[[Book], T]) -> T:
        """Run `work` on one consistent view. Raises `backend_unavailable`."""

    def write[T](self, work: Callable[[Book], T]) -> T:
        """Run `work` in one transaction, again after a Clash; all of it is kept or none. Raises `backend_unavailable`."""

    def ready(self) -> bool:
        """The storage answers and has the newest schema."""
