"""What is kept beside bookings and patients, each a small frozen record. Times are seconds since 1970 unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

DUE, CLAIMED, SENT, FAILED, CALLED_OFF, EXPIRED, VOID = (
    "due",
    "claimed",
    "sent",
    "failed",
    "called_off",
    "expired",
    "void",
)
"""States of a message. `void`: written so that a request for a code takes as long whether or not somebody is there."""

WAITING, OFFERED, SERVED, LEFT = "waiting", "offered", "served", "left"
"""States of somebody on the waitlist."""

OPEN, ACCEPTED, DECLINED, OVER, TAKEN = "open", "accepted", "declined", "over", "taken"
"""States of an offer."""


@dataclass(frozen=True)
class Message:
    """A message due at `due_at`, pointless after `useless_after`. `audience`: patient or staff (whom the gateway knows).

    `text` is taken out as soon as the message was sent or given up.
    """

    id: str
    kind: str
    audience: str
    recipient: str | None
    language: str
    text: str | None
    due_at: int
    useless_after: int
    created_at: int
    patient_id: str | None = None
    booking_id: str | None = None
    course_id: str | None = None
    status: str = DUE
    lease: str | None = None
    lease_until: int | None = None
    attempts: int = 0
    error: str | None = None


@dataclass(frozen=True)
class Authorisation:
    """Staff allow a patient `sessions` sessions of a service between two local dates, at most `per_day` on a day."""

    id: str
    patient_id: str
    service: str
    sessions: int
    valid_from: date
    valid_until: date
    per_day: int
    gap_minutes: int
    created_at: int
    withdrawn_at: int | None = None


@dataclass(frozen=True)
class Course:
    """A course of sessions. `wish` is what the patient asked for, so that it can be extended in the same way."""

    id: str
    patient_id: str
    authorisation_id: str
    service: str
    location: str
    status: str
    created_at: int
    updated_at: int
    wish: dict[str, Any] = field(default_factory=dict)
    version: int = 1


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for a time. `wish`: {"windows", "parts", "weekdays"} as written."""

    id: str
    patient_id: str
    verified: bool
    service: str
    location: str | None
    language: str
    conversation: str | None
    status: str
    created_at: int
    updated_at: int
    wish: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """A held time (`booking_id`) offered to somebody who waits, in a round of several people."""

    id: str
    waiting_id: str
    booking_id: str
    round: int
    status: str
    created_at: int
    expires_at: int


@dataclass(frozen=True)
class Callback:
    """Somebody asks to be called. States: open, called, closed."""

    id: str
    name: str
    phone: str
    reason: str
    best_time: str | None
    language: str
    conversation: str | None
    status: str
    created_at: int
    updated_at: int


@dataclass(frozen=True)
class Alert:
    """Something staff must see. `subject` is an id. States: open, acknowledged."""

    id: str
    kind: str
    subject: str | None
    status: str
    created_at: int
    updated_at: int
