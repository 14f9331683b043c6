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

    def of_course(self, course_id: str) -> list[Booking]:
        """The appointments of a course, cancelled ones too, in order of time."""


class Patients(Protocol):
    def add(self, patient: Patient) -> None: ...

    def get(self, patient_id: str) -> Patient | None: ...

    def by_phone(self, phone: str) -> list[Patient]: ...

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

    def begin(self, key: str, request_hash: str, now: int) -> None:
        """Take the key for this transaction. Raises Clash when somebody else has it."""

    def finish(self, key: str, answer: Answer) -> None: ...


class Closures(Protocol):
    """Days off that staff entered, beside those of clinic.yml. `location` None: all of them."""

    def on(self, first: date, last: date) -> set[tuple[date, str | None]]: ...


class Audit(Protocol):
    def note(
        self, at: int, actor: str, action: str, subject: str, patient_id: str | None, detail: dict[str, Any]
    ) -> None:
        """Append one line of who did what to what; ids and times only, never names, numbers or texts."""


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
