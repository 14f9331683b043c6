"""What the appointment book holds: bookings (a hold or an appointment), and the intervals they keep resources busy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scheduling import cell
from scheduling.slot import Slot

HELD, RELEASED, EXPIRED = "held", "released", "expired"
BOOKED, CONFIRMED, CANCELLED = "booked", "confirmed", "cancelled"
COMPLETED, NO_SHOW = "completed", "no_show"

OPEN = (BOOKED, CONFIRMED)
"""States of an appointment that will take place."""
LIVE = (HELD, *OPEN, COMPLETED, NO_SHOW)
"""States in which a booking keeps its cells."""


@dataclass(frozen=True)
class Booking:
    """A hold or an appointment; a hold that is booked keeps its id and becomes the appointment.

    `start` … `end` are cells, `end` includes the buffer; `minutes` is what the patient sees. `local_start` and `tz` are the
    promise, the cells are derived from it. `expires_at`, `created_at`, `updated_at` are seconds since 1970.
    """

    id: str
    status: str
    service: str
    location: str
    local_start: str
    tz: str
    start: int
    end: int
    minutes: int
    resources: tuple[str, ...]
    created_at: int
    updated_at: int
    patient_id: str | None = None
    verified: bool = False
    conversation: str | None = None
    channel: str = "web"
    course_id: str | None = None
    one_per_day: bool = False
    expires_at: int | None = None
    version: int = 1
    cancel_reason: str | None = None

    @property
    def slot(self) -> Slot:
        return Slot(self.service, self.location, self.start, self.minutes, self.tz)

    @property
    def open(self) -> bool:
        return self.status in OPEN

    def claims(self) -> list[tuple[str, int]]:
        """(resource, cell) pairs that a live booking owns, sorted: the order in which they are always written.

        The patient is a resource too, so that nobody can be in two places; a one-a-day visit also owns the patient's day, and
        a hold its conversation, which can have one at a time.
        """
        return claims(self)

    def body(self) -> dict[str, Any]:
        """The appointment as the API tells it."""
        document = {"appointment_id": self.id, "status": self.status, "version": self.version} | self.slot.body()
        return document | ({"course_id": self.course_id} if self.course_id else {})


def claims(booking: Booking) -> list[tuple[str, int]]:
    """See Booking.claims."""
    owners = [*booking.resources]
    if booking.patient_id:
        owners.append(f"patient:{booking.patient_id}")
    pairs = [(owner, at) for owner in owners for at in range(booking.start, booking.end)]
    if booking.patient_id and booking.one_per_day:
        pairs.append((f"day:{booking.patient_id}:{booking.service}", booking.slot.local.toordinal()))
    if booking.status == HELD and booking.conversation:
        pairs.append((f"conversation:{booking.conversation}", 0))
    return sorted(pairs)


@dataclass
class Busy:
    """Per resource, which cells are taken, as one mask counted from `base`.

    `lapsed`: holds that are past their end, and so keep nothing busy, still own claims among these cells.
    """

    base: int
    masks: dict[str, int] = field(default_factory=dict)
    lapsed: bool = False

    def add(self, resource: str, start: int, end: int) -> None:
        self.masks[resource] = self.masks.get(resource, 0) | cell.span_mask(start - self.base, end - self.base)

    def add_mask(self, resources: Sequence[str], mask: int) -> None:
        for resource in resources:
            self.masks[resource] = self.masks.get(resource, 0) | mask

    def forget(self, booking: Booking) -> None:
        """Take a booking's own cells out: it may be moved onto them."""
        gone = ~cell.span_mask(booking.start - self.base, booking.end - self.base)
        for resource in booking.resources:
            self.masks[resource] = self.masks.get(resource, 0) & gone

    def of(self, resource: str, base: int) -> int:
        """The taken cells of a resource, counted from another base at or after our own."""
        mask = self.masks.get(resource, 0)
        return mask >> (base - self.base) if base >= self.base else mask << (self.base - base)
